#pragma once

#include "messages/meta/field_error.hpp"
#include "messages/meta/names.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace troupe::codec {

/// A place in an object that is being judged, and where the errors go. A spot
/// refers to the one it was made from, which must outlive it; so a chain of
/// calls on temporaries does not compile. The path is put together only when
/// there is something to say.
class spot {
public:
  /// `name` is the path of the root: "spec", "metadata.taints".
  spot(std::string_view name, meta::field_errors& errors)
      : name_{name}, errors_{&errors} {}

  /// "spec.containers"; a name with dots goes down several steps.
  spot child(std::string_view name) const& { return {this, name, kind::child}; }
  spot child(std::string_view name) const&& = delete;

  /// "spec.containers[0]"
  spot at(std::size_t index) const& {
    spot out{this, {}, kind::index};
    out.index_ = index;
    return out;
  }
  spot at(std::size_t index) const&& = delete;

  /// "limits[cpu]"
  spot key(std::string_view name) const& { return {this, name, kind::key}; }
  spot key(std::string_view name) const&& = delete;

  std::string path() const;
  meta::field_errors& errors() const { return *errors_; }

  void required(std::string detail = {}) const;
  void invalid(std::string_view value, std::string detail) const;
  void invalid(std::int64_t value, std::string detail) const;
  /// `json` shows the value as it is.
  void invalid_json(std::string json, std::string detail) const;
  /// One error per complaint about `value`.
  void complain(std::string_view value,
                const meta::complaints& complaints) const;
  void forbidden(std::string detail) const;
  void duplicate(std::string_view value) const;
  void not_found(std::string_view value, std::string detail = {}) const;
  void not_supported(std::string_view value,
                     std::initializer_list<std::string_view> supported) const;
  /// `json` shows the value as it is.
  void
  not_supported_json(std::string json,
                     std::initializer_list<std::string_view> supported) const;
  void too_long(std::size_t bytes_max) const;
  void duplicate_json(std::string json, std::string detail = {}) const;

  /// The value is one of `allowed`.
  void one_of(std::string_view value,
              std::initializer_list<std::string_view> allowed) const;
  /// As `one_of`, and an empty value is missed.
  void required_one_of(std::string_view value,
                       std::initializer_list<std::string_view> allowed) const;
  /// The text is there.
  void need(std::string_view value) const;
  void between(std::int64_t value, std::int64_t low, std::int64_t high) const;
  void not_negative(std::int64_t value) const;

private:
  enum class kind : std::uint8_t { root, child, index, key };

  spot(const spot* parent, std::string_view name, kind how)
      : parent_{parent}, name_{name}, how_{how}, errors_{parent->errors_} {}

  void append_path(std::string& out) const;

  const spot* parent_ = nullptr;
  std::string_view name_;
  std::size_t index_ = 0;
  kind how_ = kind::root;
  meta::field_errors* errors_;
};

/// Calls `f(item, spot of the item)` for each item of a list.
template <class List, class F>
void each_item(const spot& list_spot, const List& list, F&& f) {
  std::size_t index = 0;
  for (auto item : list) {
    const auto here = list_spot.at(index++);
    f(item, here);
  }
}

} // namespace troupe::codec
