#include "messages/codec/validate/strategy.hpp"

#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/members.hpp"
#include "messages/codec/validate/object_ids.hpp"

#include <algorithm>
#include <vector>

namespace troupe::codec {

namespace {

namespace id = object_meta;

field_id status_of(const schema::resource_desc& resource) {
  const auto* field = resource.type->find("status");
  return field != nullptr && resource.has_status ? field->id : 0;
}

const kind_rules& rules_of(const schema::resource_desc& resource) {
  return find_rules(resource.kind.group, resource.kind.kind);
}

/// What no client can change about a stored object.
void keep_system_metadata(document& next, const document& old,
                          bool unconditional) {
  auto& to = next.object_at(next.root(), metadata_id);
  const node* from = old.root().find(metadata_id);
  for (auto field : {id::generation, id::creation_timestamp})
    copy_member(next, to, from, field);
  const auto keep_if = [&](bool wanted, field_id field) {
    if (wanted)
      copy_member(next, to, from, field);
  };
  const auto has = [](const node* object, field_id field) {
    return object != nullptr && object->find(field) != nullptr;
  };
  keep_if(text_of(&to, id::uid).empty(), id::uid);
  keep_if(has(from, id::deletion_timestamp), id::deletion_timestamp);
  keep_if(!has(&to, id::deletion_grace_period_seconds),
          id::deletion_grace_period_seconds);
  keep_if(unconditional && text_of(&to, id::resource_version).empty(),
          id::resource_version);
}

/// Whether anything but metadata and status differs.
bool wants_change(const document& next, const document& old, field_id status) {
  const auto differs = [&](const document& a, const document& b) {
    for (const auto& [field, value] : a.root().members()) {
      if (field == metadata_id || field == status)
        continue;
      const node* other = b.root().find(field);
      if (other == nullptr ? !value->empty() || !value->is(node_kind::object)
                           : !equal(*value, *other))
        return true;
    }
    return false;
  };
  return differs(next, old) || differs(old, next);
}

bool same_annotations(const document& a, const document& b) {
  const auto of = [](const document& object) {
    return entries_of(object.root().find(metadata_id), id::annotations);
  };
  return std::ranges::equal(of(a), of(b), [](const entry& x, const entry& y) {
    return x.key == y.key && equal(*x.value, *y.value);
  });
}

bool other_labels(const document& next, const document& old) {
  const auto of = [](const document& object) {
    const node* metadata = object.root().find(metadata_id);
    const node* labels =
        metadata == nullptr ? nullptr : metadata->find(id::labels);
    return labels == nullptr || labels->empty() ? nullptr : labels;
  };
  const node* a = of(next);
  const node* b = of(old);
  return (a == nullptr) != (b == nullptr) || (a != nullptr && !equal(*a, *b));
}

void count_generation(document& next) {
  auto& metadata = next.object_at(next.root(), metadata_id);
  const node* value = metadata.find(id::generation);
  const auto count = value == nullptr ? 0 : value->integer_or(0);
  next.set(metadata, id::generation, next.make_integer(count + 1));
}

/// Everything of `old` but its status and metadata.
void keep_all_but_status(document& next, const document& old, field_id status) {
  std::vector<field_id> present;
  for (const auto& [field, value] : next.root().members())
    present.push_back(field);
  for (const auto& [field, value] : old.root().members())
    present.push_back(field);
  for (auto field : present)
    if (field != metadata_id && field != status)
      copy_member(next, next.root(), &old.root(), field);
}

} // namespace

bool creates_on_update(const schema::resource_desc& resource) {
  return rules_of(resource).create_on_update;
}

bool updates_unseen(const schema::resource_desc& resource) {
  return rules_of(resource).unconditional_update;
}

bool orphans_dependents(const schema::resource_desc& resource) {
  return rules_of(resource).orphans_dependents;
}

void prepare_for_create(document& object,
                        const schema::resource_desc& resource) {
  auto& metadata = object.object_at(object.root(), metadata_id);
  for (auto field : {id::deletion_timestamp, id::deletion_grace_period_seconds,
                     id::generation, id::self_link})
    object.erase(metadata, field);
  const auto& rules = rules_of(resource);
  if (const auto status = status_of(resource);
      status != 0 && !rules.keeps_first_status)
    object.erase(object.root(), status);
  if (resource.has_generation)
    count_generation(object);
  if (rules.prepare_create != nullptr)
    rules.prepare_create(object);
}

void prepare_for_update(document& next, const document& old,
                        const schema::resource_desc& resource) {
  const auto& rules = rules_of(resource);
  const auto status = status_of(resource);
  keep_system_metadata(next, old, rules.unconditional_update);
  if (status != 0)
    copy_member(next, next.root(), &old.root(), status);
  if (rules.prepare_update != nullptr)
    rules.prepare_update(next, old);
  const bool noted =
      (rules.annotations_are_wanted && !same_annotations(next, old))
      || (rules.counts_labels && other_labels(next, old));
  if (resource.has_generation && (noted || wants_change(next, old, status)))
    count_generation(next);
}

void prepare_for_subresource_update(document& next, const document& old,
                                    const schema::resource_desc& resource,
                                    std::string_view subresource) {
  const auto& rules = rules_of(resource);
  keep_system_metadata(next, old, rules.unconditional_update);
  if (subresource == "status")
    keep_all_but_status(next, old, status_of(resource));
  const auto* own = rules.find(subresource);
  if (own != nullptr && own->prepare != nullptr)
    own->prepare(next, old);
}

void prepare_for_status_update(document& next, const document& old,
                               const schema::resource_desc& resource) {
  prepare_for_subresource_update(next, old, resource, "status");
}

} // namespace troupe::codec
