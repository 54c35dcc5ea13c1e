#include "actors/controllers/endpoint_slice/slice_document.hpp"

#include "actors/controllers/service_pods/object_builder.hpp"
#include "actors/controllers/service_pods/service_pods.hpp"
#include "messages/meta/names.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/discovery_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "runtime/control/object_codec.hpp"
#include "runtime/control/object_meta.hpp"

#include <algorithm>

namespace troupe::controllers::endpoint_slice {

namespace {

namespace core = view::core_v1;
namespace discovery = view::discovery_v1;
namespace ids = schema::ids;
namespace meta_id = ids::object_meta;
using codec::document;
using service_pods::object_builder;

void write_names(object_builder hints, codec::field_id list, codec::field_id id,
                 const std::vector<std::string>& names) {
  for (const auto& name : names)
    hints.item(list).text(id, name);
}

void write_endpoint(object_builder to, const endpoint& from) {
  namespace id = ids::discovery_v1::endpoint;
  auto& list = to.doc().list_at(to.object(), id::addresses);
  for (const auto& address : from.addresses)
    to.doc().push_back(list, to.doc().make_string(address));
  auto conditions = to.member(id::conditions);
  conditions.flag(ids::endpoint_conditions::ready, from.ready);
  conditions.flag(ids::endpoint_conditions::serving, from.serving);
  conditions.flag(ids::endpoint_conditions::terminating, from.terminating);
  to.text_if(id::hostname, from.hostname);
  if (!from.name.empty()) {
    auto target = to.member(id::target_ref);
    service_pods::refer_to_pod(target, {from.ns, from.name, from.uid});
    target.text(ids::object_reference::kind, from.kind);
  }
  to.text_if(id::node_name, from.node);
  to.text_if(id::zone, from.zone);
  if (from.for_zones.empty() && from.for_nodes.empty())
    return;
  auto hints = to.member(id::hints);
  write_names(hints, ids::endpoint_hints::for_zones, ids::for_zone::name,
              from.for_zones);
  write_names(hints, ids::endpoint_hints::for_nodes, ids::for_node::name,
              from.for_nodes);
}

void write_port(object_builder to, const port& from) {
  namespace id = ids::discovery_v1::endpoint_port;
  to.text(id::name, from.name);
  to.text(id::protocol, from.protocol);
  if (from.number)
    to.doc().set(to.object(), id::port, to.doc().make_integer(*from.number));
  if (from.app_protocol)
    to.text(id::app_protocol, *from.app_protocol);
}

std::optional<bool> flag(bool present, bool value) {
  return present ? std::optional<bool>{value} : std::nullopt;
}

endpoint read_endpoint(discovery::endpoint from) {
  endpoint out;
  for (auto address : from.addresses())
    out.addresses.emplace_back(address);
  std::ranges::sort(out.addresses);
  const auto conditions = from.conditions();
  out.ready = flag(conditions.has_ready(), conditions.ready());
  out.serving = flag(conditions.has_serving(), conditions.serving());
  out.terminating =
      flag(conditions.has_terminating(), conditions.terminating());
  out.hostname = from.hostname();
  out.kind = from.target_ref().kind();
  out.ns = from.target_ref().namespace_();
  out.name = from.target_ref().name();
  out.uid = from.target_ref().uid();
  out.node = from.node_name();
  out.zone = from.zone();
  for (auto zone : from.hints().for_zones())
    out.for_zones.emplace_back(zone.name());
  for (auto one : from.hints().for_nodes())
    out.for_nodes.emplace_back(one.name());
  return out;
}

} // namespace

std::vector<endpoint> endpoints_in(discovery::endpoint_slice slice) {
  std::vector<endpoint> out;
  for (auto one : slice.endpoints())
    out.push_back(read_endpoint(one));
  return out;
}

ports ports_in(discovery::endpoint_slice slice) {
  ports out;
  for (auto from : slice.ports()) {
    auto& one = out.emplace_back();
    one.name = from.name();
    one.protocol = from.protocol();
    if (from.has_port())
      one.number = from.port();
    if (from.has_app_protocol())
      one.app_protocol = from.app_protocol();
  }
  std::ranges::sort(out);
  return out;
}

label_map labels_for(core::service service) {
  label_map out;
  for (auto [key, value] : service.metadata().labels())
    out.emplace(key, value);
  out.erase(std::string{service_pods::headless_label});
  if (!service_pods::has_cluster_ip(service.spec()))
    out[std::string{service_pods::headless_label}] = "";
  out[std::string{service_name_label}] = service.metadata().name();
  out[std::string{managed_by_label}] = manager;
  return out;
}

bool has_labels(discovery::endpoint_slice slice, const label_map& wanted) {
  const auto has = slice.metadata().labels();
  return has.size() == wanted.size()
         && std::ranges::all_of(wanted, [&](const auto& label) {
              return has.contains(label.first)
                     && has[label.first] == label.second;
            });
}

bool belongs_to(discovery::endpoint_slice slice, const slice_owner& owner) {
  for (auto one : slice.metadata().owner_references())
    if (one.uid() == owner.metadata.uid() && one.kind() == owner.kind
        && one.api_version() == "v1")
      return true;
  return false;
}

document new_slice(const slice_owner& owner, std::string_view name,
                   ip_family family) {
  document out{
      control::stored_resource("discovery.k8s.io", "endpointslices")->type};
  object_builder slice{out, out.root()};
  auto metadata = slice.member(ids::endpoint_slice::metadata);
  metadata.text(meta_id::name, name);
  metadata.text(meta_id::generate_name, name_base(owner.metadata.name()));
  metadata.text(meta_id::namespace_, owner.metadata.namespace_());
  namespace owner_id = ids::owner_reference;
  auto reference = metadata.item(meta_id::owner_references);
  reference.text(owner_id::api_version, "v1");
  reference.text(owner_id::kind, owner.kind);
  reference.text(owner_id::name, owner.metadata.name());
  reference.text(owner_id::uid, owner.metadata.uid());
  reference.flag(owner_id::controller, true);
  reference.flag(owner_id::block_owner_deletion, true);
  slice.text(ids::endpoint_slice::address_type, to_string(family));
  return out;
}

void fill_slice(document& slice, const label_map& labels, const ports& with,
                const std::vector<endpoint>& endpoints) {
  object_builder to{slice, slice.root()};
  auto metadata = to.member(ids::endpoint_slice::metadata);
  auto* map = slice.make_map();
  for (const auto& [key, value] : labels)
    slice.set(*map, key, slice.make_string(value));
  slice.set(metadata.object(), meta_id::labels, map);
  slice.erase(slice.root(), ids::endpoint_slice::endpoints);
  slice.erase(slice.root(), ids::endpoint_slice::ports);
  for (const auto& one : endpoints)
    write_endpoint(to.item(ids::endpoint_slice::endpoints), one);
  for (const auto& one : with)
    write_port(to.item(ids::endpoint_slice::ports), one);
}

std::string name_base(std::string_view service) {
  auto out = std::string{service} + "-";
  if (!meta::check_subdomain_name(out, true).empty())
    out.pop_back();
  return out;
}

} // namespace troupe::controllers::endpoint_slice
