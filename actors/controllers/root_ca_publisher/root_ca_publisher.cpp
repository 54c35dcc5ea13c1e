#include "actors/controllers/root_ca_publisher/root_ca_publisher.hpp"

#include "messages/codec/validate/object_ids.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/view/core_v1.hpp"

namespace troupe::controllers::root_ca_publisher {

namespace {

namespace ids = schema::ids::config_map;
using codec::document;

constexpr std::string_view name = "kube-root-ca.crt";
constexpr std::string_view file = "ca.crt";
constexpr std::string_view description = "kubernetes.io/description";
constexpr std::string_view description_text =
    "Contains a CA bundle that can be used to verify the kube-apiserver when "
    "using internal endpoints such as the internal service IP or "
    "kubernetes.default.svc. No other usage is guaranteed across distributions "
    "of Kubernetes clusters.";

void fill(document& object, const std::string& root_ca) {
  auto& metadata = object.object_at(object.root(), codec::metadata_id);
  auto& annotations = object.map_at(metadata, codec::object_meta::annotations);
  object.set(annotations, description, object.make_string(description_text));
  auto* data = object.make_map();
  object.set(*data, file, object.make_string(root_ca));
  object.set(object.root(), ids::data, data);
}

document new_config_map(const std::string& root_ca) {
  const auto* resource = control::stored_resource("", "configmaps");
  TROUPE_CHECK(resource != nullptr, "config maps are served");
  document out{resource->type};
  auto& metadata = out.object_at(out.root(), codec::metadata_id);
  out.set(metadata, codec::object_meta::name, out.make_string(name));
  fill(out, root_ca);
  return out;
}

bool is_right(const document& object, const std::string& root_ca) {
  const view::core_v1::config_map map{object};
  return map.data().size() == 1 && map.data()[file] == root_ca
         && !map.metadata().annotations()[description].empty();
}

control::action creation(const object_key& key, const std::string& root_ca) {
  control::action out;
  out.kind = control::action_kind::create;
  out.target = key;
  out.body = std::make_shared<const document>(new_config_map(root_ca));
  out.reason = "every namespace knows the cluster's authority";
  return out;
}

} // namespace

control::plan reconcile(const std::string& root_ca,
                        const control::snapshot& view, const object_key& key) {
  const auto space = view.find(key);
  if (root_ca.empty() || space == nullptr || space->columns->deleting)
    return {};
  const auto parts = control::parse_key(key);
  TROUPE_CHECK(parts.has_value(), "a namespace has a key");
  const auto own = control::make_key("", "configmaps", parts->name, name);
  const auto stands = view.get(own);
  if (stands == nullptr)
    return {{creation(own, root_ca)}};
  if (is_right(*stands, root_ca))
    return {};
  auto changed = stands->clone();
  fill(changed, root_ca);
  return {{control::update_of(own, std::move(changed),
                              "it says something else than the authority")}};
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  const auto parts = control::parse_key(change.key);
  if (!parts)
    return;
  if (parts->plural == "namespaces")
    return enqueue(change.key);
  if (parts->name == name)
    enqueue(control::make_key("", "namespaces", {}, parts->ns));
}

} // namespace troupe::controllers::root_ca_publisher
