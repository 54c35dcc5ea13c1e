#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/service_rules.hpp"
#include "messages/codec/validate/service_shape.hpp"
#include "messages/schema/ids/core_v1.hpp"

namespace troupe::codec {

namespace {

namespace ids = schema::ids;
namespace spec_id = ids::service_spec;
namespace port_id = ids::service_port;

constexpr std::int64_t affinity_seconds = 3 * 60 * 60;

void fill_affinity(document& doc, node& spec) {
  fill_text(doc, spec, spec_id::session_affinity, "None");
  const auto kind = text_of(&spec, spec_id::session_affinity);
  if (kind == "None")
    doc.erase(spec, spec_id::session_affinity_config);
  if (kind != "ClientIP")
    return;
  auto& config = doc.object_at(spec, spec_id::session_affinity_config);
  auto& client = doc.object_at(config, ids::session_affinity_config::client_ip);
  fill_integer(doc, client, ids::client_ip_config::timeout_seconds,
               affinity_seconds);
}

/// Absent, 0 and "" are the service's own port.
void fill_target(document& doc, node& port) {
  const node* target = port.find(port_id::target_port);
  const bool given =
      target != nullptr
      && (!target->string_or("").empty() || target->integer_or(0) != 0);
  const node* own = port.find(port_id::port);
  if (!given)
    doc.set(port, port_id::target_port,
            doc.make_integer(own == nullptr ? 0 : own->integer_or(0)));
}

void fill_policies(document& doc, node& spec) {
  const view::core_v1::service_spec now{&spec};
  if (reached_from_outside(now))
    fill_text(doc, spec, spec_id::external_traffic_policy, "Cluster");
  if (needs_node_port(now) || now.type() == "ClusterIP") {
    if (!now.has_internal_traffic_policy())
      doc.set(spec, spec_id::internal_traffic_policy,
              doc.make_string("Cluster"));
  } else if (now.type() == "ExternalName") {
    // It would say nothing.
    doc.erase(spec, spec_id::internal_traffic_policy);
  }
  if (now.type() == "LoadBalancer")
    fill_boolean(doc, spec, spec_id::allocate_load_balancer_node_ports, true);
}

void fill_ingress(document& doc, node& service) {
  with_object(service, ids::service::status, [&](node& status) {
    with_object(
        status, ids::service_status::load_balancer, [&](node& balancer) {
          each_object(balancer, ids::load_balancer_status::ingress,
                      [&](node& way) {
                        namespace id = ids::load_balancer_ingress;
                        if (!text_of(&way, id::ip).empty()
                            && way.find(id::ip_mode) == nullptr)
                          doc.set(way, id::ip_mode, doc.make_string("VIP"));
                      });
        });
  });
}

} // namespace

void fill_service(document& object) {
  auto& spec = object.object_at(object.root(), ids::service::spec);
  fill_affinity(object, spec);
  fill_text(object, spec, spec_id::type, "ClusterIP");
  each_object(spec, spec_id::ports,
              [&](node& port) { fill_target(object, port); });
  fill_policies(object, spec);
  if (text_of(&spec, spec_id::type) == "LoadBalancer")
    fill_ingress(object, object.root());
}

} // namespace troupe::codec
