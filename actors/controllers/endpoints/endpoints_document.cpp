#include "actors/controllers/endpoints/endpoints_document.hpp"

#include "actors/controllers/service_pods/service_pods.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "runtime/control/object_codec.hpp"

namespace troupe::controllers::endpoints {

namespace {

namespace core = view::core_v1;
namespace ids = schema::ids;
namespace meta_id = ids::object_meta;
using service_pods::object_builder;

constexpr std::string_view capacity_annotation =
    "endpoints.kubernetes.io/over-capacity";

template <class List>
std::vector<address> addresses_in(const List& list) {
  std::vector<address> out;
  for (auto from : list) {
    const auto pod = from.target_ref();
    out.push_back({std::string{from.ip()}, std::string{pod.uid()},
                   std::string{pod.namespace_()}, std::string{pod.name()},
                   std::string{from.node_name()},
                   std::string{from.hostname()}});
  }
  return out;
}

subset subset_in(core::endpoint_subset from) {
  subset out;
  out.ready = addresses_in(from.addresses());
  out.not_ready = addresses_in(from.not_ready_addresses());
  for (auto one : from.ports()) {
    auto& to = out.ports.emplace_back();
    to.name = one.name();
    to.number = one.port();
    to.protocol = one.protocol();
    if (one.has_app_protocol())
      to.app_protocol = one.app_protocol();
  }
  return out;
}

void write_address(object_builder to, const address& from) {
  namespace id = ids::endpoint_address;
  to.text(id::ip, from.ip);
  to.text_if(id::hostname, from.hostname);
  to.text_if(id::node_name, from.node);
  service_pods::refer_to_pod(to.member(id::target_ref),
                             {from.ns, from.name, from.uid});
}

void write_subset(object_builder to, const subset& from) {
  namespace id = ids::endpoint_subset;
  namespace port_id = ids::core_v1::endpoint_port;
  for (const auto& one : from.ready)
    write_address(to.item(id::addresses), one);
  for (const auto& one : from.not_ready)
    write_address(to.item(id::not_ready_addresses), one);
  for (const auto& one : from.ports) {
    auto port = to.item(id::ports);
    port.text_if(port_id::name, one.name);
    port.integer(port_id::port, one.number);
    port.text(port_id::protocol, one.protocol);
    if (one.app_protocol)
      port.text(port_id::app_protocol, *one.app_protocol);
  }
}

} // namespace

content content_of(core::endpoints object) {
  content out;
  for (auto [key, value] : object.metadata().labels())
    out.labels.emplace(key, value);
  for (auto one : object.subsets())
    out.subsets.push_back(subset_in(one));
  out.truncated = object.metadata().annotations().contains(capacity_annotation);
  return out;
}

label_map labels_for(core::service service) {
  label_map out;
  for (auto [key, value] : service.metadata().labels())
    out.emplace(key, value);
  out.erase(std::string{service_pods::headless_label});
  if (!service_pods::has_cluster_ip(service.spec()))
    out[std::string{service_pods::headless_label}] = "";
  out[std::string{managed_by_label}] = manager;
  return out;
}

codec::document new_endpoints(core::service service) {
  codec::document out{control::stored_resource("", "endpoints")->type};
  object_builder metadata{out,
                          out.object_at(out.root(), ids::endpoints::metadata)};
  metadata.text(meta_id::name, service.metadata().name());
  metadata.text(meta_id::namespace_, service.metadata().namespace_());
  return out;
}

void fill_endpoints(codec::document& object, const content& with) {
  object_builder to{object, object.root()};
  auto metadata = to.member(ids::endpoints::metadata);
  auto* labels = object.make_map();
  for (const auto& [key, value] : with.labels)
    object.set(*labels, key, object.make_string(value));
  object.set(metadata.object(), meta_id::labels, labels);
  auto& annotations = object.map_at(metadata.object(), meta_id::annotations);
  if (with.truncated)
    object.set(annotations, capacity_annotation,
               object.make_string("truncated"));
  else
    object.erase(annotations, capacity_annotation);
  if (annotations.empty())
    object.erase(metadata.object(), meta_id::annotations);
  object.erase(object.root(), ids::endpoints::subsets);
  for (const auto& one : with.subsets)
    write_subset(to.item(ids::endpoints::subsets), one);
}

} // namespace troupe::controllers::endpoints
