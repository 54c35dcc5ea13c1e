#include "messages/codec/managed/last_applied.hpp"
#include "messages/codec/managed/merge_fields.hpp"
#include "messages/codec/managed/ownership.hpp"
#include "messages/meta/time.hpp"

#include <algorithm>
#include <tuple>

namespace troupe::codec {

namespace {

/// One apply on its way: the entries change step by step.
struct attempt {
  const document& live; ///< without managedFields
  const document& config;
  const field_write& write;
  managed_entries entries;
};

/// Fields, map entries and list items of `set`, with those that hold others.
field_set present(const document& object) {
  return with_named_fields(fields_of(object), *object.type());
}

/// Removes from the merged object what the applier owned before (`last`), no
/// longer applies, and nobody owns now.
document prune(const document& merged, const field_set& last,
               const managed_entries& entries) {
  if (last.empty())
    return merged.clone();
  auto& type = *merged.type();
  auto was = with_named_fields(last, type);
  auto there = present(merged);
  // Removing a list item takes along what others own in it: that comes back,
  // and so does what nobody owned, as long as its own place survives.
  field_set owned;
  for (auto& entry : entries)
    owned = set_union(owned, entry.fields);
  auto kept = set_union(present(remove_fields(merged, was)),
                        with_named_fields(owned, type));
  auto survivors = present(remove_fields(merged, set_difference(there, kept)));
  return remove_fields(merged,
                       set_intersection(set_difference(there, survivors), was));
}

apply_conflicts conflicts_of(const managed_entries& lost) {
  apply_conflicts result;
  for (auto& entry : lost)
    leaves(entry.fields).for_each([&](const field_path& path) {
      result.conflicts.push_back({entry.owner, to_string(path)});
    });
  std::ranges::stable_sort(result.conflicts, [](auto& a, auto& b) {
    auto rank = [](const field_owner& owner) {
      return std::tie(owner.manager, owner.api_version, owner.operation,
                      owner.subresource);
    };
    return rank(a.owner) < rank(b.owner);
  });
  return result;
}

/// kubectl takes over what its own client-side apply had set.
void forgive_last_applied(managed_entries& lost, const document& live) {
  auto allowed = last_applied_fields(live);
  for (auto& entry : lost)
    entry.fields = set_difference(leaves(entry.fields), allowed);
  std::erase_if(lost, [](auto& entry) { return entry.fields.empty(); });
}

apply_outcome finish(attempt& run, document object, const field_owner& self,
                     const managed_entries& former) {
  auto changed = !equal(run.live.root(), object.root());
  if (auto* own = find_entry(run.entries, self)) {
    own->fields = ownable(std::move(own->fields), nullptr);
    if (own->fields.empty())
      std::erase_if(run.entries,
                    [](auto& entry) { return entry.fields.empty(); });
  }
  if (auto* own = find_entry(run.entries, self);
      own && (changed || run.entries != former))
    own->time = meta::format_time(run.write.now);
  if (run.write.manager == "kubectl" && run.write.subresource.empty()
      && has_last_applied(object))
    write_last_applied(object, run.config, run.write);
  encode_managed_fields(object, std::move(run.entries));
  return applied{std::move(object), changed};
}

/// What an object without entries holds, as written once, by nobody known.
void claim_unowned(attempt& run) {
  auto write = run.write;
  write.manager = before_first_apply;
  auto held =
      ownable(compare_fields(nullptr, run.live).written(), write.ignored);
  if (!held.empty())
    run.entries.push_back({owner_of(write, managed_operation::update),
                           meta::format_time(write.now), std::move(held)});
}

apply_outcome carry_out(attempt run, bool force) {
  if (run.entries.empty())
    claim_unowned(run);
  auto self = owner_of(run.write, managed_operation::apply);
  auto former = run.entries;
  auto& own = entry_of(run.entries, self);
  auto last = std::move(own.fields);
  own.fields = fields_of(run.config);
  if (run.write.ignored)
    own.fields = recursive_difference(own.fields, *run.write.ignored);
  own.owner.api_version = self.api_version;
  auto object = prune(merge_fields(run.live, run.config), last, run.entries);
  auto changes = compare_fields(&run.live, object);
  if (!force) {
    auto lost = contested(run.entries, &self, changes);
    if (!lost.empty() && run.write.manager == "kubectl")
      forgive_last_applied(lost, run.live);
    if (!lost.empty())
      return conflicts_of(lost);
  }
  release(run.entries, &self, changes);
  return finish(run, std::move(object), self, former);
}

} // namespace

apply_outcome apply_fields(const document* live, const document& config,
                           const field_write& write, bool force) {
  TROUPE_CHECK(config.type() != nullptr, "owned objects have a type");
  document bare = live ? live->clone() : document{config.type()};
  remove_managed_fields(bare);
  auto plain = config.clone();
  remove_managed_fields(plain);
  if (!equal(plain.root(), config.root()))
    return error{errc::invalid_argument, "metadata.managedFields must be nil"};
  if (auto problems = list_problems(config); !problems.empty())
    return error{errc::unsupported, std::move(problems)};
  managed_entries entries;
  if (live) {
    auto stored = decode_managed_fields(*live);
    if (!stored)
      return error{errc::corrupt, "failed to decode managed fields: "
                                      + stored.error().message};
    entries = std::move(*stored);
  }
  return carry_out({bare, config, write, std::move(entries)}, force);
}

} // namespace troupe::codec
