#pragma once

#include "messages/codec/document.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// How strategic merge patches identify and order list items
/// (https://git.k8s.io/design-proposals-archive/cli/preserve-order-in-strategic-merge-patch.md).
namespace troupe::codec {

using list_items = std::vector<node*>;

/// A text that two scalars of equal kind and value share.
std::string identity(const node& value);

/// The identity of a list item: of its member `merge_key`, or of the item
/// itself when `merge_key` is empty. Null when the item has no such member.
const node* merge_value(const node& item, std::string_view merge_key);

/// The first position of each identity in a list.
class item_index {
public:
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);

  item_index(const list_items& items, std::string_view merge_key);

  /// The first position, or `absent`.
  std::size_t find(const node& item) const;

private:
  std::string_view merge_key_;
  std::unordered_map<std::string, std::size_t> positions_;
};

/// Orders `merged`: items named by `patch_order` keep the order the patch
/// gives them, the others keep the order they had in `server_order`, and both
/// interleave as the live list had them.
list_items ordered(const list_items& merged, const list_items& patch_order,
                   const list_items& server_order, std::string_view merge_key);

} // namespace troupe::codec
