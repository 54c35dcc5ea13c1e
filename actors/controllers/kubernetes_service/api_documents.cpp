#include "actors/controllers/kubernetes_service/api_documents.hpp"

#include "actors/controllers/service_pods/object_builder.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "runtime/control/object_codec.hpp"

namespace troupe::controllers::kubernetes_service {

namespace {

namespace ids = schema::ids;
using codec::document;
using service_pods::object_builder;

constexpr std::int64_t service_port = 443;

} // namespace

object_key service_key() {
  return control::make_key("", "services", api_namespace, api_name);
}

object_key endpoints_key() {
  return control::make_key("", "endpoints", api_namespace, api_name);
}

object_key slice_key() {
  return control::make_key("discovery.k8s.io", "endpointslices", api_namespace,
                           api_name);
}

document new_object(
    const object_key& key,
    const std::vector<std::pair<std::string_view, std::string_view>>& labels) {
  namespace id = ids::object_meta;
  const auto* resource = control::resource_of(key);
  TROUPE_CHECK(resource != nullptr, "it is always served");
  document out{resource->type};
  object_builder metadata{out,
                          out.object_at(out.root(), ids::service::metadata)};
  metadata.text(id::name, api_name);
  metadata.text(id::namespace_, api_namespace);
  auto& map = out.map_at(metadata.object(), id::labels);
  for (const auto& [label, value] : labels)
    out.set(map, label, out.make_string(value));
  return out;
}

document new_service(const settings& with) {
  namespace id = ids::service_spec;
  namespace port_id = ids::service_port;
  auto out = new_object(
      service_key(), {{"component", "apiserver"}, {"provider", "kubernetes"}});
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
  auto out = new_object(endpoints_key(),
                        {{"endpointslice.kubernetes.io/skip-mirror", "true"}});
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
