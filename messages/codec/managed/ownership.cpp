#include "messages/codec/managed/ownership.hpp"

#include <algorithm>
#include <map>

namespace troupe::codec {

namespace {

/// Fields of the system, which nobody owns.
const field_set& system_fields() {
  static const field_set fields = [] {
    field_set set;
    set.insert({field_step("apiVersion")});
    set.insert({field_step("kind")});
    set.insert({field_step("metadata")});
    for (auto name : {"name", "namespace", "creationTimestamp",
                      "deletionTimestamp", "selfLink", "uid", "clusterName",
                      "generation", "managedFields", "resourceVersion"})
      set.insert({field_step("metadata"), field_step(name)});
    return set;
  }();
  return fields;
}

bool is_self(const managed_entry& entry, const field_owner* self) {
  return self && entry.owner.same_entry(*self);
}

} // namespace

field_owner owner_of(const field_write& write, managed_operation operation) {
  auto manager = write.manager.empty() ? "unknown" : write.manager;
  return {operation, std::string{manager}, std::string{write.api_version},
          std::string{write.subresource}};
}

field_set ownable(field_set set, const field_set* ignored) {
  if (ignored)
    set = recursive_difference(set, *ignored);
  return set_difference(set, system_fields());
}

managed_entries contested(const managed_entries& entries,
                          const field_owner* self,
                          const field_changes& changes) {
  managed_entries result;
  auto written = changes.written();
  for (auto& entry : entries) {
    if (is_self(entry, self))
      continue;
    auto lost = set_intersection(entry.fields, written);
    if (!lost.empty())
      result.push_back({entry.owner, entry.time, std::move(lost)});
  }
  return result;
}

void release(managed_entries& entries, const field_owner* self,
             const field_changes& changes) {
  auto gone = set_union(changes.written(), changes.removed);
  for (auto& entry : entries)
    if (!is_self(entry, self))
      entry.fields = set_difference(entry.fields, gone);
  std::erase_if(entries, [](auto& entry) { return entry.fields.empty(); });
}

void cap_updaters(managed_entries& entries) {
  std::vector<const managed_entry*> updaters;
  for (auto& entry : entries)
    if (entry.owner.operation == managed_operation::update)
      updaters.push_back(&entry);
  if (updaters.size() <= update_managers_max)
    return;
  std::ranges::sort(updaters, [](auto* a, auto* b) {
    return std::tie(a->time, a->owner.manager)
           < std::tie(b->time, b->owner.manager);
  });
  managed_entries oldest;
  for (auto* entry : updaters)
    oldest.push_back(*entry);
  auto count = oldest.size();
  std::map<std::string, field_owner> first_of_version;
  for (auto& entry : oldest) {
    if (count <= update_managers_max)
      break;
    auto [first, is_first] =
        first_of_version.try_emplace(entry.owner.api_version, entry.owner);
    // The first of a version is folded only when a second one comes.
    if (is_first)
      continue;
    field_owner bucket{managed_operation::update,
                       std::string{ancient_changes},
                       entry.owner.api_version,
                       {}};
    if (!find_entry(entries, bucket)) {
      auto* renamed = find_entry(entries, first->second);
      renamed->owner = bucket;
    }
    auto& into = entry_of(entries, bucket);
    into.fields = set_union(into.fields, entry.fields);
    into.time = entry.time;
    if (!entry.owner.same_entry(bucket))
      std::erase_if(entries, [&entry](auto& other) {
        return other.owner.same_entry(entry.owner);
      });
    --count;
  }
}

} // namespace troupe::codec
