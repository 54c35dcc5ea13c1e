#include "actors/controllers/system_namespaces/system_namespaces.hpp"

#include "messages/codec/validate/object_ids.hpp"
#include "messages/schema/registry.hpp"

#include <algorithm>
#include <array>

namespace troupe::controllers::system_namespaces {

namespace {

constexpr std::array<std::string_view, 4> names = {
    "default", "kube-node-lease", "kube-public", "kube-system"};

codec::document new_namespace(std::string_view name) {
  const auto* resource = control::stored_resource("", "namespaces");
  TROUPE_CHECK(resource != nullptr, "namespaces are always served");
  codec::document out{resource->type};
  auto& metadata = out.object_at(out.root(), codec::metadata_id);
  out.set(metadata, codec::object_meta::name, out.make_string(name));
  return out;
}

} // namespace

control::plan reconcile(const control::snapshot& view, const object_key& key) {
  if (view.find(key) != nullptr)
    return {};
  const auto parts = control::parse_key(key);
  TROUPE_CHECK(parts.has_value(), "a namespace has a key");
  control::action create;
  create.kind = control::action_kind::create;
  create.target = key;
  create.body =
      std::make_shared<const codec::document>(new_namespace(parts->name));
  create.reason = "every cluster has this namespace";
  return {{std::move(create)}};
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  if (change.now != nullptr)
    return;
  const auto all = keys();
  if (std::find(all.begin(), all.end(), change.key) != all.end())
    enqueue(change.key);
}

std::vector<object_key> keys() {
  std::vector<object_key> out;
  for (const auto name : names)
    out.push_back(control::make_key("", "namespaces", {}, name));
  return out;
}

} // namespace troupe::controllers::system_namespaces
