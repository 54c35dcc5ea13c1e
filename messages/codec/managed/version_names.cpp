#include "messages/codec/managed/version_names.hpp"

#include "messages/codec/convert/names.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

using schema::cardinality;
using schema::field_desc;
using schema::type_desc;

constexpr std::string_view field_prefix = "f:";

/// Puts children in order again after their steps changed.
field_set sorted(std::vector<field_set::child> children) {
  std::ranges::sort(children, {}, &field_set::child::step);
  field_set out;
  for (auto& child : children)
    if (out.find(child.step) == nullptr)
      out.append(std::move(child));
  return out;
}

field_set renamed(const field_set& set, const type_desc& from,
                  const type_desc& to, version_change way);

field_set renamed_below(const field_set& set, const field_desc& from,
                        const field_desc& to, version_change way) {
  if (from.object == to.object || from.object == nullptr
      || to.object == nullptr)
    return set;
  if (from.many == cardinality::one)
    return renamed(set, *from.object, *to.object, way);
  std::vector<field_set::child> out;
  for (const auto& child : set.children())
    out.push_back({child.step, child.member,
                   renamed(child.below, *from.object, *to.object, way)});
  return sorted(std::move(out));
}

field_set renamed(const field_set& set, const type_desc& from,
                  const type_desc& to, version_change way) {
  std::vector<field_set::child> out;
  for (const auto& child : set.children()) {
    out.push_back(child);
    if (!child.step.starts_with(field_prefix))
      continue;
    const auto* field =
        from.find(std::string_view{child.step}.substr(field_prefix.size()));
    const auto* found =
        field == nullptr ? nullptr : counterpart(*field, to, way);
    if (found == nullptr)
      continue;
    out.back().step = field_step(found->name);
    out.back().below = renamed_below(child.below, *field, *found, way);
  }
  return sorted(std::move(out));
}

} // namespace

void use_stored_names(managed_entries& entries, const type_desc& stored) {
  for (auto& entry : entries)
    if (const auto* shown = shown_version(stored, entry.owner.api_version))
      entry.fields = renamed(entry.fields, *shown->type, stored,
                             version_change::to_stored);
}

void use_own_names(managed_entries& entries, const type_desc& stored) {
  for (auto& entry : entries)
    if (const auto* shown = shown_version(stored, entry.owner.api_version))
      entry.fields =
          renamed(entry.fields, stored, *shown->type, version_change::to_shown);
}

} // namespace troupe::codec
