#include "messages/codec/managed/scale_fields.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

constexpr std::string_view scale_version = "autoscaling/v1";

/// The path is the same in a Scale and in whatever it is of.
const field_path& replicas() {
  static const field_path path{field_step("spec"), field_step("replicas")};
  return path;
}

field_set only_replicas() {
  field_set out;
  out.insert(replicas());
  return out;
}

bool same_owner(const field_owner& a, const field_owner& b) {
  return a.operation == b.operation && a.manager == b.manager
         && a.subresource == b.subresource;
}

} // namespace

managed_entries to_scale_entries(const managed_entries& parent) {
  managed_entries out;
  for (const auto& entry : parent) {
    if (!entry.fields.has(replicas()))
      continue;
    auto& made = out.emplace_back(entry);
    made.owner.api_version = scale_version;
    made.fields = only_replicas();
  }
  return out;
}

managed_entries from_scale_entries(const managed_entries& parent,
                                   const managed_entries& scale,
                                   std::string_view api_version) {
  auto left = scale;
  std::erase_if(left, [](const managed_entry& one) {
    return !one.fields.has(replicas());
  });
  managed_entries out;
  for (auto entry : parent) {
    if (entry.fields.has(replicas())
        && std::erase_if(left, [&](const managed_entry& one) {
             return same_owner(one.owner, entry.owner);
           }) == 0)
      entry.fields = set_difference(entry.fields, only_replicas());
    if (!entry.fields.empty())
      out.push_back(std::move(entry));
  }
  for (auto& entry : left) {
    entry.owner.api_version = api_version;
    auto& mine = entry_of(out, entry.owner);
    mine.time = std::move(entry.time);
    mine.fields = set_union(mine.fields, only_replicas());
  }
  return out;
}

} // namespace troupe::codec
