#include "runtime/control/object_meta.hpp"

#include "messages/codec/validate/object_ids.hpp"

#include <algorithm>

namespace troupe::control {

namespace {

namespace meta_id = codec::object_meta;
namespace owner_id = codec::owner_reference;

constexpr codec::field_id block_owner_deletion_id = 7;

const codec::node* metadata_of(const codec::document& object) {
  return object.root().find(codec::metadata_id);
}

bool flag(const codec::node& object, codec::field_id id) {
  const auto* value = object.find(id);
  return value != nullptr && value->boolean_or(false);
}

/// Keeps the items of a metadata list that `keep` accepts; an empty list
/// equals absence and goes. False when all were kept.
template <class F>
bool keep_items(codec::document& object, codec::field_id id, F keep) {
  auto& metadata = object.object_at(object.root(), codec::metadata_id);
  const auto items = codec::items_of(&metadata, id);
  std::vector<codec::node*> kept;
  std::copy_if(items.begin(), items.end(), std::back_inserter(kept), keep);
  if (kept.size() == items.size())
    return false;
  if (kept.empty())
    object.erase(metadata, id);
  else
    object.assign(*metadata.find(id), kept);
  return true;
}

} // namespace

std::vector<owner_reference> owner_references(const codec::document& object) {
  std::vector<owner_reference> out;
  for (const auto* item :
       codec::items_of(metadata_of(object), meta_id::owner_references))
    out.push_back({codec::text_of(item, owner_id::api_version),
                   codec::text_of(item, owner_id::kind),
                   codec::text_of(item, owner_id::name),
                   codec::text_of(item, owner_id::uid),
                   flag(*item, owner_id::controller),
                   flag(*item, block_owner_deletion_id)});
  return out;
}

std::optional<owner_reference> controller_of(const codec::document& object) {
  for (const auto& owner : owner_references(object))
    if (owner.controller)
      return owner;
  return std::nullopt;
}

void add_owner(codec::document& object, const owner_reference& owner) {
  auto& metadata = object.object_at(object.root(), codec::metadata_id);
  auto* made = object.make_object();
  object.set(*made, owner_id::kind, object.make_string(owner.kind));
  object.set(*made, owner_id::name, object.make_string(owner.name));
  object.set(*made, owner_id::uid, object.make_string(owner.uid));
  object.set(*made, owner_id::api_version,
             object.make_string(owner.api_version));
  if (owner.controller)
    object.set(*made, owner_id::controller, object.make_boolean(true));
  if (owner.block_owner_deletion)
    object.set(*made, block_owner_deletion_id, object.make_boolean(true));
  object.push_back(object.list_at(metadata, meta_id::owner_references), made);
}

std::vector<std::string_view> finalizers(const codec::document& object) {
  std::vector<std::string_view> out;
  for (const auto* item :
       codec::items_of(metadata_of(object), meta_id::finalizers))
    out.push_back(item->string_or(""));
  return out;
}

bool has_finalizer(const codec::document& object, std::string_view name) {
  const auto all = finalizers(object);
  return std::find(all.begin(), all.end(), name) != all.end();
}

bool deleting(const codec::document& object) {
  const auto* metadata = metadata_of(object);
  return metadata != nullptr
         && metadata->find(meta_id::deletion_timestamp) != nullptr;
}

std::string_view uid_of(const codec::document& object) {
  return codec::text_of(metadata_of(object), meta_id::uid);
}

std::string_view resource_version_of(const codec::document& object) {
  return codec::text_of(metadata_of(object), meta_id::resource_version);
}

bool erase_finalizer(codec::document& object, std::string_view name) {
  return keep_items(object, meta_id::finalizers, [&](const codec::node* item) {
    return item->string_or("") != name;
  });
}

void erase_owners(codec::document& object,
                  const std::vector<std::string_view>& uids) {
  keep_items(object, meta_id::owner_references, [&](const codec::node* item) {
    const auto uid = codec::text_of(item, owner_id::uid);
    return std::find(uids.begin(), uids.end(), uid) == uids.end();
  });
}

bool unblock_owners(codec::document& object) {
  auto& metadata = object.object_at(object.root(), codec::metadata_id);
  bool changed = false;
  for (auto* item : codec::items_of(&metadata, meta_id::owner_references)) {
    if (!flag(*item, block_owner_deletion_id))
      continue;
    object.set(*item, block_owner_deletion_id, object.make_boolean(false));
    changed = true;
  }
  return changed;
}

} // namespace troupe::control
