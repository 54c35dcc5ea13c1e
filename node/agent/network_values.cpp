#include "node/agent/network_values.hpp"

#include "messages/view/core_v1.hpp"
#include "messages/view/discovery_v1.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <tuple>

namespace troupe::agent {

namespace core = view::core_v1;
namespace discovery = view::discovery_v1;

namespace {

using network::service_endpoint;
using network::service_port;
using network::traffic_policy;

constexpr const char* proxy_label = "service.kubernetes.io/service-proxy-name";
constexpr const char* service_label = "kubernetes.io/service-name";
constexpr const char* zone_label = "topology.kubernetes.io/zone";
/// Of sessionAffinity ClientIP, where the Service does not say.
constexpr std::int64_t affinity_seconds = 10800;

void add_address(std::string_view text, std::vector<ip_address>& to) {
  if (auto address = ip_address::parse(text))
    to.push_back(*address);
}

void add_range(std::string_view text, std::vector<ip_prefix>& to) {
  if (auto range = ip_prefix::parse_masked(text))
    to.push_back(*range);
}

network::port_protocol protocol_of(std::string_view text) {
  if (text == "UDP")
    return network::port_protocol::udp;
  return text == "SCTP" ? network::port_protocol::sctp
                        : network::port_protocol::tcp;
}

traffic_policy policy_of(std::string_view text) {
  return text == "Local" ? traffic_policy::local : traffic_policy::cluster;
}

/// Who looks, and from where.
struct viewpoint {
  std::string node;
  std::string zone;
};

std::string zone_of(const object_table& nodes, const std::string& name) {
  for (const auto& [uid, object] : nodes) {
    const auto metadata = core::node{*object}.metadata();
    if (metadata.name() == name)
      return std::string{metadata.labels()[zone_label]};
  }
  return {};
}

service_endpoint to_endpoint(const discovery::endpoint& from,
                             const ip_address& address, std::uint16_t port,
                             const viewpoint& seen) {
  const auto conditions = from.conditions();
  service_endpoint out;
  out.address = address;
  out.port = port;
  out.ready = !conditions.has_ready() || conditions.ready();
  out.serving = !conditions.has_serving() || conditions.serving();
  out.terminating = conditions.terminating();
  out.local = from.node_name() == seen.node;
  return out;
}

/// The endpoints of one port of a service, and their hints.
class endpoint_list {
public:
  explicit endpoint_list(const viewpoint& seen) : seen_(seen) {}

  void add(const discovery::endpoint_slice& slice, std::uint16_t port);

  /// Hints count when every ready endpoint has them and one is for us
  /// (KEP-2433, KEP-3015): this node, else this zone.
  std::vector<service_endpoint> take();

private:
  struct hinted {
    bool node = false;
    bool zone = false;
  };

  /// Leaves to others what is not hinted at us; whether hints count.
  bool follow(bool hinted::*any, bool hinted::*us);

  const viewpoint& seen_;
  std::vector<service_endpoint> endpoints_;
  std::vector<hinted> given_;  ///< it has hints of the kind
  std::vector<hinted> for_us_; ///< and they name us
};

void endpoint_list::add(const discovery::endpoint_slice& slice,
                        std::uint16_t port) {
  for (const auto& each : slice.endpoints()) {
    // Its addresses all lead to the same.
    std::vector<ip_address> addresses;
    if (!each.addresses().empty())
      add_address(each.addresses()[0], addresses);
    if (addresses.empty())
      continue;
    endpoints_.push_back(to_endpoint(each, addresses[0], port, seen_));
    const auto hints = each.hints();
    hinted us;
    for (const auto& one : hints.for_nodes())
      us.node = us.node || one.name() == seen_.node;
    for (const auto& one : hints.for_zones())
      us.zone = us.zone || (!seen_.zone.empty() && one.name() == seen_.zone);
    given_.push_back({!hints.for_nodes().empty(), !hints.for_zones().empty()});
    for_us_.push_back(us);
  }
}

bool endpoint_list::follow(bool hinted::*any, bool hinted::*us) {
  bool one = false;
  for (std::size_t i = 0; i < endpoints_.size(); ++i) {
    if (endpoints_[i].ready && !(given_[i].*any))
      return false;
    one = one || (endpoints_[i].ready && for_us_[i].*us);
  }
  for (std::size_t i = 0; one && i < endpoints_.size(); ++i)
    endpoints_[i].elsewhere = !(for_us_[i].*us);
  return one;
}

std::vector<service_endpoint> endpoint_list::take() {
  if (!follow(&hinted::node, &hinted::node))
    follow(&hinted::zone, &hinted::zone);
  return std::move(endpoints_);
}

/// The slices of each Service, by "namespace/name".
using slices_by_service =
    std::map<std::string, std::vector<discovery::endpoint_slice>>;

slices_by_service sort_slices(const object_table& slices) {
  slices_by_service out;
  for (const auto& [uid, object] : slices) {
    const discovery::endpoint_slice slice{*object};
    const auto service = slice.metadata().labels()[service_label];
    if (!service.empty() && slice.address_type() != "FQDN")
      out[std::string{slice.metadata().namespace_()} + "/"
          + std::string{service}]
          .push_back(slice);
  }
  return out;
}

std::vector<service_endpoint>
endpoints_of(const core::service_port& port,
             const std::vector<discovery::endpoint_slice>& slices,
             const viewpoint& seen) {
  endpoint_list out{seen};
  for (const auto& slice : slices)
    for (const auto& each : slice.ports())
      if (each.name() == port.name() && each.has_port()
          && protocol_of(each.protocol()) == protocol_of(port.protocol()))
        out.add(slice, static_cast<std::uint16_t>(each.port()));
  return out.take();
}

/// What all ports of a Service have in common.
service_port to_service(const core::service& service) {
  const auto spec = service.spec();
  service_port out;
  out.service = std::string{service.metadata().namespace_()} + "/"
                + std::string{service.metadata().name()};
  for (const auto address : spec.cluster_ips())
    add_address(address, out.cluster_addresses);
  if (out.cluster_addresses.empty())
    add_address(spec.cluster_ip(), out.cluster_addresses);
  for (const auto address : spec.external_ips())
    add_address(address, out.external_addresses);
  for (const auto& way : service.status().load_balancer().ingress())
    if (way.ip_mode().empty() || way.ip_mode() == "VIP")
      add_address(way.ip(), out.balancer_addresses);
  for (const auto range : spec.load_balancer_source_ranges())
    add_range(range, out.balancer_clients);
  const auto client = spec.session_affinity_config().client_ip();
  if (spec.session_affinity() == "ClientIP")
    out.affinity_seconds = client.has_timeout_seconds()
                               ? client.timeout_seconds()
                               : affinity_seconds;
  out.internal_policy = policy_of(spec.internal_traffic_policy());
  out.external_policy = policy_of(spec.external_traffic_policy());
  return out;
}

/// It has an address, and it is ours.
bool is_served(const core::service& service) {
  const auto spec = service.spec();
  return spec.type() != "ExternalName" && !spec.cluster_ip().empty()
         && spec.cluster_ip() != "None"
         && !service.metadata().labels().contains(proxy_label);
}

} // namespace

std::vector<network::node_place> to_node_places(const object_table& nodes) {
  std::vector<network::node_place> out;
  for (const auto& [uid, object] : nodes) {
    const core::node node{*object};
    network::node_place place{std::string{node.metadata().name()}, {}, {}};
    for (const auto& each : node.status().addresses())
      if (each.type() == "InternalIP")
        add_address(each.address(), place.addresses);
    for (const auto range : node.spec().pod_cidrs())
      add_range(range, place.pod_cidrs);
    if (place.pod_cidrs.empty())
      add_range(node.spec().pod_cidr(), place.pod_cidrs);
    out.push_back(std::move(place));
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

std::vector<ip_prefix>
pod_ranges_of(const std::vector<network::node_place>& all,
              const std::string& name) {
  for (const auto& each : all)
    if (each.name == name)
      return each.pod_cidrs;
  return {};
}

std::vector<service_port> to_service_ports(const object_table& services,
                                           const object_table& slices,
                                           const object_table& nodes,
                                           const std::string& name) {
  const viewpoint seen{name, zone_of(nodes, name)};
  const auto sorted = sort_slices(slices);
  std::vector<service_port> out;
  for (const auto& [uid, object] : services) {
    const core::service service{*object};
    if (!is_served(service))
      continue;
    const auto common = to_service(service);
    const auto own = sorted.find(common.service);
    for (const auto& port : service.spec().ports()) {
      auto one = common;
      one.protocol = protocol_of(port.protocol());
      one.port = static_cast<std::uint16_t>(port.port());
      one.node_port = static_cast<std::uint16_t>(port.node_port());
      if (own != sorted.end())
        one.endpoints = endpoints_of(port, own->second, seen);
      out.push_back(std::move(one));
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return a.service < b.service;
  });
  return out;
}

} // namespace troupe::agent
