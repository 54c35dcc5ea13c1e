#pragma once

#include "messages/base/check.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace troupe::store {

/// The nodes of a `cow_tree`: reference-counted, shared between copies of a
/// tree, changed only by the one thread that holds the only reference.
template <class Key, class Value, std::size_t Fanout>
struct cow_nodes {
  struct leaf;
  struct inner;

  struct node {
    explicit node(bool leaf) : is_leaf(leaf) {}
    std::atomic<std::uint32_t> references{1};
    std::uint16_t count = 0;
    const bool is_leaf;
  };

  /// Owns one reference to a node.
  class ref {
  public:
    ref() = default;
    explicit ref(node* owned) : node_(owned) {}
    ref(const ref& other) noexcept : node_(other.node_) {
      if (node_ != nullptr)
        node_->references.fetch_add(1, std::memory_order_relaxed);
    }
    ref(ref&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
    ref& operator=(ref other) noexcept {
      std::swap(node_, other.node_);
      return *this;
    }
    ~ref() {
      if (node_ == nullptr
          || node_->references.fetch_sub(1, std::memory_order_acq_rel) != 1)
        return;
      if (node_->is_leaf)
        delete static_cast<leaf*>(node_);
      else
        delete static_cast<inner*>(node_);
    }
    explicit operator bool() const noexcept { return node_ != nullptr; }
    node* get() const noexcept { return node_; }
    node* operator->() const noexcept { return node_; }

    /// Whether nobody else reaches the node. Acquire: what a reader did with
    /// it before letting go happened before the change that follows.
    bool unique() const noexcept {
      return node_->references.load(std::memory_order_acquire) == 1;
    }

  private:
    node* node_ = nullptr;
  };

  struct leaf : node {
    leaf() : node(true) {}
    std::array<Key, Fanout> keys{};
    std::array<Value, Fanout> values{};
  };

  /// keys[i], i > 0, is a lower bound of children[i] and above every key of
  /// children[i - 1]; keys[0] bounds nothing.
  struct inner : node {
    inner() : node(false) {}
    std::array<Key, Fanout> keys{};
    std::array<ref, Fanout> children{};
  };

  /// A new right sibling and its lower bound.
  struct sibling {
    Key key;
    ref right;
  };

  template <class T>
  static void own(ref& slot) {
    if (slot.unique())
      return;
    auto& old = *static_cast<const T*>(slot.get());
    auto* copy = new T;
    copy->count = old.count;
    std::copy_n(old.keys.begin(), old.count, copy->keys.begin());
    auto& from = slots(old);
    std::copy_n(from.begin(), old.count, slots(*copy).begin());
    slot = ref{copy};
  }

  static auto& slots(leaf& x) { return x.values; }
  static auto& slots(const leaf& x) { return x.values; }
  static auto& slots(inner& x) { return x.children; }
  static auto& slots(const inner& x) { return x.children; }

  /// Opens a place at `i` of a node with room and fills it.
  template <class T, class Slot>
  static void place(T& x, std::size_t i, Key key, Slot slot) {
    TROUPE_CHECK(x.count < Fanout, "a tree node with room");
    auto& all = slots(x);
    std::move_backward(x.keys.begin() + i, x.keys.begin() + x.count,
                       x.keys.begin() + x.count + 1);
    std::move_backward(all.begin() + i, all.begin() + x.count,
                       all.begin() + x.count + 1);
    x.keys[i] = std::move(key);
    all[i] = std::move(slot);
    ++x.count;
  }

  /// Closes the places [first, first + n).
  template <class T>
  static void close(T& x, std::size_t first, std::size_t n) {
    auto& all = slots(x);
    std::move(x.keys.begin() + first + n, x.keys.begin() + x.count,
              x.keys.begin() + first);
    std::move(all.begin() + first + n, all.begin() + x.count,
              all.begin() + first);
    for (auto i = x.count - n; i < x.count; ++i) {
      x.keys[i] = {};
      all[i] = {};
    }
    x.count = static_cast<std::uint16_t>(x.count - n);
  }

  /// Places at `i`, splitting a full node. Appending to the end leaves the
  /// left node full, so that ascending keys pack densely.
  template <class T, class Slot>
  static std::optional<sibling> place_or_split(T& x, std::size_t i, Key key,
                                               Slot slot) {
    if (x.count < Fanout) {
      place(x, i, std::move(key), std::move(slot));
      return std::nullopt;
    }
    auto* right = new T;
    auto kept = i == Fanout ? Fanout : Fanout / 2;
    std::move(x.keys.begin() + kept, x.keys.end(), right->keys.begin());
    std::move(slots(x).begin() + kept, slots(x).end(), slots(*right).begin());
    right->count = static_cast<std::uint16_t>(Fanout - kept);
    close(x, kept, Fanout - kept);
    if (i > kept || kept == Fanout)
      place(*right, i - kept, std::move(key), std::move(slot));
    else
      place(x, i, std::move(key), std::move(slot));
    return sibling{right->keys[0], ref{right}};
  }
};

} // namespace troupe::store
