#pragma once

#include "runtime/store/cow_node.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

namespace troupe::store {

/// A persistent ordered map: a B+ tree whose copies share every node. Copying
/// one costs a reference; a change copies only the nodes on its path that
/// another copy still reaches, and changes the others in place.
///
/// One thread changes a tree; any number of threads may read, copy and destroy
/// other copies meanwhile. `Key` and `Value` are default-constructible and
/// cheap to copy; `Less` orders `Key` against any probe it accepts, both ways
/// round. `Fanout` is the room of a node; a node under a quarter full is
/// merged with a neighbour where both fit.
template <class Key, class Value, class Less, std::size_t Fanout = 32>
class cow_tree {
  static_assert(Fanout >= 4);

public:
  struct entry {
    const Key* key;
    const Value* value;
  };

  bool empty() const noexcept { return !root_; }

  /// The entry of the key equal to `probe`; valid until the next change.
  template <class Probe>
  std::optional<entry> find(const Probe& probe) const {
    if (!root_)
      return std::nullopt;
    const node* at = root_.get();
    while (!at->is_leaf)
      at = as_inner(at).children[child_index(as_inner(at), probe)].get();
    auto& found = as_leaf(at);
    auto i = leaf_index(found, probe);
    if (i == found.count || Less{}(probe, found.keys[i]))
      return std::nullopt;
    return entry{&found.keys[i], &found.values[i]};
  }

  /// Inserts or replaces; `probe` equals `key`.
  template <class Probe>
  void set(const Probe& probe, Key key, Value value) {
    if (!root_)
      root_ = ref{new leaf};
    auto right = insert(root_, probe, std::move(key), std::move(value));
    if (right)
      grow(std::move(*right));
  }

  /// Removes the key equal to `probe`; false when there is none.
  template <class Probe>
  bool erase(const Probe& probe) {
    if (!find(probe))
      return false;
    remove(root_, probe);
    shrink();
    return true;
  }

  /// Removes every key below `probe`, whole subtrees at a time.
  template <class Probe>
  void erase_below(const Probe& probe) {
    if (!root_)
      return;
    drop_below(root_, probe);
    shrink();
  }

  /// Calls `visit(key, value)` for each key not below `from`, ascending, until
  /// it returns false.
  template <class Probe, class F>
  void visit(const Probe& from, F&& visit) const {
    if (root_)
      walk(root_.get(), &from, visit);
  }

private:
  using nodes = cow_nodes<Key, Value, Fanout>;
  using node = typename nodes::node;
  using ref = typename nodes::ref;
  using leaf = typename nodes::leaf;
  using inner = typename nodes::inner;
  using sibling = typename nodes::sibling;

  static const leaf& as_leaf(const node* x) {
    return *static_cast<const leaf*>(x);
  }
  static const inner& as_inner(const node* x) {
    return *static_cast<const inner*>(x);
  }

  template <class Probe>
  static std::size_t leaf_index(const leaf& x, const Probe& probe) {
    auto first = x.keys.begin();
    return static_cast<std::size_t>(
        std::lower_bound(first, first + x.count, probe, Less{}) - first);
  }

  template <class Probe>
  static std::size_t child_index(const inner& x, const Probe& probe) {
    auto first = x.keys.begin() + 1;
    return static_cast<std::size_t>(
        std::upper_bound(first, x.keys.begin() + x.count, probe, Less{})
        - first);
  }

  template <class Probe>
  static std::optional<sibling> insert(ref& slot, const Probe& probe, Key key,
                                       Value value) {
    if (slot->is_leaf) {
      nodes::template own<leaf>(slot);
      auto& x = *static_cast<leaf*>(slot.get());
      auto i = leaf_index(x, probe);
      if (i == x.count || Less{}(probe, x.keys[i]))
        return nodes::place_or_split(x, i, std::move(key), std::move(value));
      x.values[i] = std::move(value);
      return std::nullopt;
    }
    nodes::template own<inner>(slot);
    auto& x = *static_cast<inner*>(slot.get());
    auto i = child_index(x, probe);
    auto right = insert(x.children[i], probe, std::move(key), std::move(value));
    if (!right)
      return std::nullopt;
    return nodes::place_or_split(x, i + 1, std::move(right->key),
                                 std::move(right->right));
  }

  void grow(sibling right) {
    auto* top = new inner;
    nodes::place(*top, 0, Key{}, std::move(root_));
    nodes::place(*top, 1, std::move(right.key), std::move(right.right));
    root_ = ref{top};
  }

  template <class Probe>
  static void remove(ref& slot, const Probe& probe) {
    if (slot->is_leaf) {
      nodes::template own<leaf>(slot);
      auto& x = *static_cast<leaf*>(slot.get());
      nodes::close(x, leaf_index(x, probe), 1);
      return;
    }
    nodes::template own<inner>(slot);
    auto& x = *static_cast<inner*>(slot.get());
    auto i = child_index(x, probe);
    remove(x.children[i], probe);
    if (x.children[i]->count < Fanout / 4)
      merge_around(x, i);
  }

  /// Joins child `i` with a neighbour when both fit into one node with room
  /// to spare, or when it is empty.
  static void merge_around(inner& x, std::size_t i) {
    if (x.children[i]->count == 0) {
      nodes::close(x, i, 1);
      return;
    }
    if (x.count == 1)
      return;
    auto left = i > 0 ? i - 1 : i;
    if (x.children[left]->count + x.children[left + 1]->count > Fanout * 3 / 4)
      return;
    if (x.children[left]->is_leaf)
      merge<leaf>(x, left);
    else
      merge<inner>(x, left);
  }

  template <class T>
  static void merge(inner& x, std::size_t left) {
    nodes::template own<T>(x.children[left]);
    auto& into = *static_cast<T*>(x.children[left].get());
    auto& from = *static_cast<const T*>(x.children[left + 1].get());
    for (std::size_t i = 0; i < from.count; ++i) {
      // The first key of an inner node bounds nothing; its parent's does.
      auto bounded = i > 0 || std::is_same_v<T, leaf>;
      nodes::place(into, into.count, bounded ? from.keys[i] : x.keys[left + 1],
                   nodes::slots(from)[i]);
    }
    nodes::close(x, left + 1, 1);
  }

  template <class Probe>
  static void drop_below(ref& slot, const Probe& probe) {
    if (slot->is_leaf) {
      nodes::template own<leaf>(slot);
      auto& x = *static_cast<leaf*>(slot.get());
      nodes::close(x, 0, leaf_index(x, probe));
      return;
    }
    nodes::template own<inner>(slot);
    auto& x = *static_cast<inner*>(slot.get());
    nodes::close(x, 0, child_index(x, probe));
    drop_below(x.children[0], probe);
    if (x.children[0]->count == 0)
      nodes::close(x, 0, 1);
  }

  void shrink() {
    while (root_ && !root_->is_leaf && root_->count == 1) {
      auto only = as_inner(root_.get()).children[0];
      root_ = std::move(only);
    }
    if (root_ && root_->count == 0)
      root_ = {};
  }

  template <class Probe, class F>
  static bool walk(const node* at, const Probe* from, F& visit) {
    if (at->is_leaf) {
      auto& x = as_leaf(at);
      for (auto i = from ? leaf_index(x, *from) : 0; i < x.count; ++i)
        if (!visit(x.keys[i], x.values[i]))
          return false;
      return true;
    }
    auto& x = as_inner(at);
    for (auto i = from ? child_index(x, *from) : 0; i < x.count; ++i) {
      if (!walk(x.children[i].get(), from, visit))
        return false;
      from = nullptr;
    }
    return true;
  }

  ref root_;
};

} // namespace troupe::store
