#include "actors/controllers/kube_dns/dns_documents.hpp"

#include "actors/controllers/own_object/own_object.hpp"
#include "actors/controllers/service_pods/object_builder.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/discovery_v1.hpp"

namespace troupe::controllers::kube_dns {

namespace {

namespace ids = schema::ids;
using codec::document;
using service_pods::object_builder;

constexpr std::string_view dns_name = "kube-dns";
constexpr std::string_view dns_namespace = "kube-system";
constexpr std::int64_t dns_port = 53;

struct transport {
  std::string_view name;
  std::string_view protocol;
};

constexpr transport transports[] = {{"dns", "UDP"}, {"dns-tcp", "TCP"}};

constexpr own_object::place service_place{"", "services", dns_namespace,
                                          dns_name};
constexpr own_object::place slice_place{"discovery.k8s.io", "endpointslices",
                                        dns_namespace, dns_name};

} // namespace

object_key service_key() {
  return own_object::key_of(service_place);
}

object_key slice_key() {
  return own_object::key_of(slice_place);
}

document new_service(const ip_address& address) {
  namespace id = ids::service_spec;
  namespace port_id = ids::service_port;
  auto out = own_object::new_object(service_place,
                                    {{"k8s-app", dns_name},
                                     {"kubernetes.io/cluster-service", "true"},
                                     {"kubernetes.io/name", "CoreDNS"}});
  object_builder spec{out, out.object_at(out.root(), ids::service::spec)};
  for (const auto& each : transports) {
    auto port = spec.item(id::ports);
    port.text(port_id::name, each.name);
    port.text(port_id::protocol, each.protocol);
    port.integer(port_id::port, dns_port);
    port.integer(port_id::target_port, dns_port);
  }
  spec.text(id::cluster_ip, address.to_string());
  spec.text(id::ip_family_policy, "SingleStack");
  spec.text(id::session_affinity, "None");
  spec.text(id::type, "ClusterIP");
  spec.text(id::internal_traffic_policy, "Local");
  return out;
}

document new_slice(const ip_address& address,
                   const std::vector<dns_node>& nodes) {
  namespace id = ids::endpoint_slice;
  namespace port_id = ids::discovery_v1::endpoint_port;
  auto out = own_object::new_object(slice_place,
                                    {{"kubernetes.io/service-name", dns_name}});
  object_builder slice{out, out.root()};
  slice.text(id::address_type, to_string(address.family()));
  out.list_at(out.root(), id::endpoints);
  for (const auto& node : nodes) {
    if (node.address.family() != address.family())
      continue;
    auto endpoint = slice.item(id::endpoints);
    out.push_back(out.list_at(endpoint.object(), ids::endpoint::addresses),
                  out.make_string(node.address.to_string()));
    endpoint.member(ids::endpoint::conditions)
        .flag(ids::endpoint_conditions::ready, true);
    endpoint.text(ids::endpoint::node_name, node.name);
  }
  for (const auto& each : transports) {
    auto port = slice.item(id::ports);
    port.text(port_id::name, each.name);
    port.text(port_id::protocol, each.protocol);
    port.integer(port_id::port, dns_port);
  }
  return out;
}

} // namespace troupe::controllers::kube_dns
