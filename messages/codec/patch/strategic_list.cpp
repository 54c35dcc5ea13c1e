#include "messages/codec/patch/strategic_list.hpp"

#include "messages/codec/patch/go_print.hpp"

#include <algorithm>

namespace troupe::codec {

std::string identity(const node& value) {
  std::string text{static_cast<char>('0' + static_cast<int>(value.kind()))};
  text += go_print(value);
  return text;
}

const node* merge_value(const node& item, std::string_view merge_key) {
  return merge_key.empty() ? &item : item.find(merge_key);
}

item_index::item_index(const list_items& items, std::string_view merge_key)
    : merge_key_{merge_key} {
  positions_.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i)
    if (auto* value = merge_value(*items[i], merge_key))
      positions_.try_emplace(identity(*value), i);
}

std::size_t item_index::find(const node& item) const {
  auto* value = merge_value(item, merge_key_);
  if (!value)
    return absent;
  auto found = positions_.find(identity(*value));
  return found == positions_.end() ? absent : found->second;
}

namespace {

/// An item with its rank in the order that governs it and in the live list.
struct ranked {
  node* item;
  std::size_t rank;
  std::size_t live;
};

/// Merges two sorted lists as far as the live order tells: a server item goes
/// before the first patch item that followed it in the live list.
list_items interleave(const std::vector<ranked>& server,
                      const std::vector<ranked>& patch) {
  list_items result;
  result.reserve(server.size() + patch.size());
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < server.size() || j < patch.size()) {
    auto from_server = j == patch.size();
    if (i < server.size() && j < patch.size())
      from_server = server[i].live != item_index::absent
                    && patch[j].live != item_index::absent
                    && server[i].live < patch[j].live;
    result.push_back(from_server ? server[i++].item : patch[j++].item);
  }
  return result;
}

} // namespace

list_items ordered(const list_items& merged, const list_items& patch_order,
                   const list_items& server_order, std::string_view merge_key) {
  item_index wanted{patch_order, merge_key};
  item_index live{server_order, merge_key};
  std::vector<ranked> patch;
  std::vector<ranked> server;
  for (auto* item : merged) {
    auto rank = wanted.find(*item);
    auto was = live.find(*item);
    if (rank == item_index::absent)
      server.push_back({item, was, was});
    else
      patch.push_back({item, rank, was});
  }
  std::ranges::stable_sort(patch, {}, &ranked::rank);
  std::ranges::stable_sort(server, {}, &ranked::rank);
  return interleave(server, patch);
}

} // namespace troupe::codec
