#include "actors/controllers/event_expiry/event_expiry.hpp"

#include "messages/codec/validate/object_ids.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"

#include <algorithm>

namespace troupe::controllers::event_expiry {

namespace {

namespace event_id = schema::ids::event;

constexpr codec::field_id entry_time = schema::ids::managed_fields_entry::time;

/// The moment a node says, or the epoch.
wall_time moment_of(const codec::node* value) {
  const auto time =
      meta::parse_time(value == nullptr ? "" : value->string_or(""));
  return time ? *time : wall_time{};
}

} // namespace

wall_time last_write(const codec::document& event, wall_time now) {
  const auto& root = event.root();
  const auto* metadata = root.find(codec::metadata_id);
  auto latest = moment_of(codec::find(
      root, {codec::metadata_id, codec::object_meta::creation_timestamp}));
  const auto count_in = [&](const codec::node* value) {
    if (const auto time = moment_of(value); time <= now)
      latest = std::max(latest, time);
  };
  for (const auto* entry :
       codec::items_of(metadata, codec::object_meta::managed_fields))
    count_in(entry->find(entry_time));
  count_in(root.find(event_id::last_timestamp));
  count_in(root.find(event_id::event_time));
  count_in(codec::find(
      root, {event_id::series, schema::ids::event_series::last_observed_time}));
  return latest;
}

control::plan reconcile(const control::snapshot& view, const object_key& key) {
  const auto found = view.find(key);
  if (found == nullptr || found->columns->deleting)
    return {};
  const auto event = view.get(key);
  if (event == nullptr)
    return {};
  control::plan out;
  const auto end = last_write(*event, view.now()) + kept;
  if (view.now() < end)
    out.again_at = end;
  else
    out.actions.push_back(control::removal_of(key, *found, "Background",
                                              "nobody wrote it for an hour"));
  return out;
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  if (change.now != nullptr)
    enqueue(change.key);
}

} // namespace troupe::controllers::event_expiry
