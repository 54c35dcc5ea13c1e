#pragma once

#include "messages/codec/document.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>

/// Read-only faces of documents, one generated class per type of the schema:
///
///     view::core_v1::pod pod{document.root()};
///     for (auto container : pod.spec().containers())
///       use(container.image());
///
/// A view is one pointer into a document, which must outlive it. What is absent
/// reads as empty: "", 0, false, an empty range, a view that is false. Every
/// field `x` also has `has_x()`.
namespace troupe::view {

using schema::field_id;

/// IntOrString: a number or text such as "25%" or "http".
class int_or_string {
public:
  explicit int_or_string(const codec::node* node) : node_(node) {}

  explicit operator bool() const { return node_ != nullptr; }

  bool is_number() const {
    return node_ != nullptr && node_->is(codec::node_kind::integer);
  }

  std::int64_t number() const {
    return node_ == nullptr ? 0 : node_->integer_or(0);
  }

  std::string_view text() const {
    return node_ == nullptr ? std::string_view{} : node_->string_or({});
  }

private:
  const codec::node* node_;
};

/// How one value is read; views of objects construct themselves.
template <class T>
T read(const codec::node* node) {
  return T{node};
}

template <>
inline std::string_view read(const codec::node* node) {
  return node == nullptr ? std::string_view{} : node->string_or({});
}

template <>
inline std::int64_t read(const codec::node* node) {
  return node == nullptr ? 0 : node->integer_or(0);
}

template <>
inline bool read(const codec::node* node) {
  return node != nullptr && node->boolean_or(false);
}

template <>
inline double read(const codec::node* node) {
  return node != nullptr && node->is(codec::node_kind::real) ? node->real()
                                                             : 0.0;
}

template <>
inline const codec::node* read<const codec::node*>(const codec::node* node) {
  return node;
}

/// A list field, in order.
template <class T>
class list {
public:
  explicit list(const codec::node* node) {
    if (node != nullptr && node->is(codec::node_kind::list))
      items_ = node->items();
  }

  class iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = T;

    explicit iterator(codec::node* const* at) : at_(at) {}

    T operator*() const { return read<T>(*at_); }

    iterator& operator++() {
      ++at_;
      return *this;
    }

    bool operator==(const iterator&) const = default;

  private:
    codec::node* const* at_;
  };

  iterator begin() const { return iterator{items_.data()}; }

  iterator end() const { return iterator{items_.data() + items_.size()}; }

  std::size_t size() const { return items_.size(); }

  bool empty() const { return items_.empty(); }

  T operator[](std::size_t index) const { return read<T>(items_[index]); }

private:
  std::span<codec::node* const> items_;
};

/// A map field, ascending by key.
template <class T>
class map {
public:
  explicit map(const codec::node* node) {
    if (node != nullptr && node->is(codec::node_kind::map)) {
      node_ = node;
      entries_ = node->entries();
    }
  }

  class iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::pair<std::string_view, T>;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = value_type;

    explicit iterator(const codec::entry* at) : at_(at) {}

    value_type operator*() const { return {at_->key, read<T>(at_->value)}; }

    iterator& operator++() {
      ++at_;
      return *this;
    }

    bool operator==(const iterator&) const = default;

  private:
    const codec::entry* at_;
  };

  iterator begin() const { return iterator{entries_.data()}; }

  iterator end() const { return iterator{entries_.data() + entries_.size()}; }

  std::size_t size() const { return entries_.size(); }

  bool empty() const { return entries_.empty(); }

  bool contains(std::string_view key) const {
    return node_ != nullptr && node_->find(key) != nullptr;
  }

  T operator[](std::string_view key) const {
    return read<T>(node_ == nullptr ? nullptr : node_->find(key));
  }

private:
  const codec::node* node_ = nullptr;
  std::span<const codec::entry> entries_;
};

/// Base of the generated classes.
class object {
public:
  object() = default;

  explicit object(const codec::node* node)
      : node_(node != nullptr && node->is(codec::node_kind::object) ? node
                                                                    : nullptr) {
    // nop
  }

  explicit object(const codec::document& from) : object(&from.root()) {}

  explicit operator bool() const { return node_ != nullptr; }

  /// Null when the view is false.
  const codec::node* raw() const { return node_; }

protected:
  const codec::node* at(field_id id) const {
    return node_ == nullptr ? nullptr : node_->find(id);
  }

  bool has(field_id id) const { return at(id) != nullptr; }

private:
  const codec::node* node_ = nullptr;
};

} // namespace troupe::view
