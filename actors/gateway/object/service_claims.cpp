#include "actors/gateway/object/service_claims.hpp"

#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/storage.hpp"
#include "messages/base/ip.hpp"
#include "messages/codec/validate/service_shape.hpp"
#include "messages/schema/registry.hpp"

namespace troupe::gateway {

namespace {

shared_bytes owner_text(const codec::document& service) {
  bytes text{meta_text(service, object_meta::namespace_)};
  return make_shared_bytes(text.append("/").append(name_of(service)));
}

} // namespace

bool is_service(const schema::resource_desc& resource) {
  return resource.kind.group.empty() && resource.kind.kind == "Service";
}

std::optional<store::key> address_claim(std::string_view address) {
  const auto parsed = ip_address::parse(address);
  if (!parsed)
    return std::nullopt;
  return "claims/addresses/" + parsed->to_string();
}

store::key node_port_claim(std::int64_t port) {
  return "claims/node-ports/" + std::to_string(port);
}

claim_set claims_of(const codec::document& service) {
  const auto spec = view::core_v1::service{service}.spec();
  claim_set out;
  if (codec::needs_cluster_ip(spec))
    for (auto text : spec.cluster_ips())
      if (auto claim = address_claim(text))
        out.insert(std::move(*claim));
  if (codec::needs_node_port(spec))
    for (auto port : spec.ports())
      if (port.node_port() != 0)
        out.insert(node_port_claim(port.node_port()));
  if (codec::needs_health_port(spec) && spec.health_check_node_port() != 0)
    out.insert(node_port_claim(spec.health_check_node_port()));
  return out;
}

void settle_claims(write_decision& decision, const object_call& call,
                   const codec::document* old, const codec::document* next) {
  if (!is_service(*call.resource) || decision.ops.empty())
    return;
  const auto before = old == nullptr ? claim_set{} : claims_of(*old);
  const auto after = next == nullptr ? claim_set{} : claims_of(*next);
  for (const auto& key : after)
    if (!before.contains(key)) {
      decision.guards.push_back(store::key_absent{key});
      decision.ops.push_back(store::put{key, owner_text(*next), {}});
    }
  for (const auto& key : before)
    if (!after.contains(key))
      decision.ops.push_back(store::erase{key});
}

void drop_endpoints(write_decision& decision, const object_call& call,
                    const store::store_snapshot& state) {
  static const auto* endpoints = schema::find_resource("", "v1", "endpoints");
  if (!is_service(*call.resource) || decision.ops.empty())
    return;
  auto key = object_key(*endpoints, call.ns, call.name);
  const auto found = read_object(state, key, *endpoints);
  if (!found || !*found
      || !meta_texts((*found)->object, object_meta::finalizers).empty())
    return;
  decision.guards.push_back(store::key_at_revision{key, (*found)->at()});
  decision.ops.push_back(store::erase{std::move(key)});
}

} // namespace troupe::gateway
