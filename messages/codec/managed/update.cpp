#include "messages/codec/managed/ownership.hpp"
#include "messages/meta/time.hpp"

namespace troupe::codec {

namespace {

/// The entries to start from: the request's own where it may say so.
managed_entries starting_entries(const document* before, const document& after,
                                 const field_write& write) {
  if (write.subresource.empty()) {
    if (resets_managed_fields(after))
      return {};
    auto own = decode_managed_fields(after);
    if (own && !own->empty())
      return std::move(*own);
  }
  if (!before)
    return {};
  // Unreadable entries in the store are forgotten, as upstream does.
  auto stored = decode_managed_fields(*before);
  return stored ? std::move(*stored) : managed_entries{};
}

} // namespace

void update_managed_fields(const document* before, document& after,
                           const field_write& write) {
  auto entries = starting_entries(before, after, write);
  remove_managed_fields(after);
  // Ownership begins with the creation, or else with the first apply.
  if (before && entries.empty())
    return;
  auto changes = compare_fields(before, after);
  release(entries, nullptr, changes);
  auto taken = ownable(changes.written(), write.ignored);
  if (!taken.empty()) {
    auto& own = entry_of(entries, owner_of(write, managed_operation::update));
    own.fields = set_union(own.fields, taken);
    own.time = meta::format_time(write.now);
  }
  cap_updaters(entries);
  encode_managed_fields(after, std::move(entries));
}

void settle_managed_times(const document& before, document& after) {
  if (!same_but_managed_fields(before, after))
    return;
  auto were = decode_managed_fields(before);
  auto are = decode_managed_fields(after);
  if (!were || !are || were->size() != are->size())
    return;
  for (auto& entry : *are) {
    auto* standing = find_entry(*were, entry.owner);
    if (!standing || !(standing->owner == entry.owner)
        || !(standing->fields == entry.fields))
      return;
  }
  encode_managed_fields(after, std::move(*were));
}

} // namespace troupe::codec
