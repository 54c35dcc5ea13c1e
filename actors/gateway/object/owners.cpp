#include "actors/gateway/object/owners.hpp"

#include "actors/gateway/object/metadata.hpp"

#include <algorithm>

namespace troupe::gateway {

using codec::node;

namespace {

bool has_equal(const std::vector<node*>& nodes, const node& wanted) {
  return std::ranges::any_of(
      nodes, [&](const node* one) { return codec::equal(*one, wanted); });
}

void append_uid(std::string& uids, const node& owner) {
  const auto* uid = owner.find(schema::ids::owner_reference::uid);
  uids.append(uids.empty() ? "" : ", ");
  uids.append(uid == nullptr ? "" : uid->string_or(""));
}

} // namespace

void drop_repeated_owners(codec::document& object,
                          std::vector<std::string>& warnings) {
  auto* metadata = object.root().find(metadata_id);
  auto* list = metadata == nullptr
                   ? nullptr
                   : metadata->find(object_meta::owner_references);
  if (list == nullptr || !list->is(codec::node_kind::list))
    return;
  std::vector<node*> kept;
  std::string uids;
  for (auto* owner : list->items())
    if (has_equal(kept, *owner))
      append_uid(uids, *owner);
    else
      kept.push_back(owner);
  if (uids.empty())
    return;
  object.assign(*list, kept);
  warnings.push_back(
      ".metadata.ownerReferences contains duplicate entries; API server dedups "
      "owner references in 1.20+, and may reject such requests as early as "
      "1.24; please fix your requests; duplicate UID(s) observed: "
      + uids);
}

} // namespace troupe::gateway
