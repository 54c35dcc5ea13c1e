#include "actors/controllers/kubernetes_service/api_documents.hpp"

#include "actors/controllers/service_pods/object_builder.hpp"
#include "messages/schema/ids/core_v1.hpp"

namespace troupe::controllers::kubernetes_service {

namespace {

namespace ids = schema::ids;
using codec::document;
using service_pods::object_builder;

constexpr std::int64_t service_port = 443;
constexpr own_object::place service_place{"", "services", api_namespace,
                                          api_name};
constexpr own_object::place endpoints_place{"", "endpoints", api_namespace,
                                            api_name};

} // namespace

object_key service_key() {
  return own_object::key_of(service_place);
}

object_key endpoints_key() {
  return own_object::key_of(endpoints_place);
}

object_key slice_key() {
  return own_object::key_of(slice_place);
}

document new_service(const settings& with) {
  namespace id = ids::service_spec;
  namespace port_id = ids::service_port;
  auto out = own_object::new_object(
      service_place, {{"component", "apiserver"}, {"provider", "kubernetes"}});
  object_builder spec{out, out.object_at(out.root(), ids::service::spec)};
  auto port = spec.item(id::ports);
  port.text(port_id::name, api_port_name);
  port.text(port_id::protocol, "TCP");
  port.integer(port_id::port, service_port);
  port.integer(port_id::target_port, with.port);
  spec.text(id::cluster_ip, with.address->to_string());
  spec.text(id::ip_family_policy, "SingleStack");
  spec.text(id::session_affinity, "None");
  spec.text(id::type, "ClusterIP");
  return out;
}

document new_endpoints(const settings& with) {
  namespace id = ids::endpoint_subset;
  namespace port_id = ids::core_v1::endpoint_port;
  auto out = own_object::new_object(
      endpoints_place, {{"endpointslice.kubernetes.io/skip-mirror", "true"}});
  object_builder root{out, out.root()};
  auto subset = root.item(ids::endpoints::subsets);
  for (const auto& server : with.servers)
    subset.item(id::addresses)
        .text(ids::endpoint_address::ip, server.to_string());
  auto port = subset.item(id::ports);
  port.text(port_id::name, api_port_name);
  port.integer(port_id::port, with.port);
  port.text(port_id::protocol, "TCP");
  return out;
}

} // namespace troupe::controllers::kubernetes_service
