#include "node/agent/dns_values.hpp"

#include "messages/view/core_v1.hpp"
#include "messages/view/discovery_v1.hpp"

#include <algorithm>
#include <tuple>

namespace troupe::agent {

namespace core = view::core_v1;
namespace discovery = view::discovery_v1;

namespace {

constexpr const char* service_label = "kubernetes.io/service-name";

void add_address(std::string_view text, std::vector<ip_address>& to) {
  if (auto address = ip_address::parse(text))
    to.push_back(*address);
}

/// Of a Service's port, or a slice's.
template <class Port>
dns::named_port to_port(const Port& from) {
  dns::named_port out;
  out.name = std::string{from.name()};
  out.protocol = from.protocol() == "UDP"    ? "udp"
                 : from.protocol() == "SCTP" ? "sctp"
                                             : "tcp";
  out.port = static_cast<std::uint16_t>(from.port());
  return out;
}

dns::endpoint_group to_group(const discovery::endpoint_slice& slice, bool all) {
  dns::endpoint_group out;
  for (const auto& port : slice.ports())
    if (port.has_port())
      out.ports.push_back(to_port(port));
  for (const auto& each : slice.endpoints()) {
    const auto conditions = each.conditions();
    if (!all && conditions.has_ready() && !conditions.ready())
      continue;
    dns::named_endpoint endpoint;
    endpoint.hostname = std::string{each.hostname()};
    for (const auto address : each.addresses())
      add_address(address, endpoint.addresses);
    if (!endpoint.addresses.empty())
      out.endpoints.push_back(std::move(endpoint));
  }
  return out;
}

/// Slices by "namespace/name" of their Service, in the order of their names,
/// so that the same objects always make the same answers.
using slices_by_service =
    std::map<std::string, std::map<std::string, object_ptr>>;

slices_by_service sort_slices(const object_table& slices) {
  slices_by_service out;
  for (const auto& [uid, object] : slices) {
    const discovery::endpoint_slice slice{*object};
    const auto metadata = slice.metadata();
    const auto service = metadata.labels()[service_label];
    if (!service.empty() && slice.address_type() != "FQDN")
      out[std::string{metadata.namespace_()} + "/" + std::string{service}]
         [std::string{metadata.name()}] = object;
  }
  return out;
}

dns::named_service to_named(const core::service& service,
                            const slices_by_service& slices) {
  const auto spec = service.spec();
  dns::named_service out;
  out.name = std::string{service.metadata().name()};
  out.namespace_ = std::string{service.metadata().namespace_()};
  if (spec.type() == "ExternalName") {
    out.external_name = std::string{spec.external_name()};
    return out;
  }
  if (spec.cluster_ip() != "None") {
    for (const auto address : spec.cluster_ips())
      add_address(address, out.addresses);
    if (out.addresses.empty())
      add_address(spec.cluster_ip(), out.addresses);
    for (const auto& port : spec.ports())
      out.ports.push_back(to_port(port));
    return out;
  }
  const auto own = slices.find(out.namespace_ + "/" + out.name);
  if (own != slices.end())
    for (const auto& [name, object] : own->second)
      out.groups.push_back(to_group(discovery::endpoint_slice{*object},
                                    spec.publish_not_ready_addresses()));
  return out;
}

} // namespace

std::vector<dns::named_service> to_named_services(const object_table& services,
                                                  const object_table& slices) {
  const auto sorted = sort_slices(slices);
  std::vector<dns::named_service> out;
  for (const auto& [uid, object] : services) {
    auto one = to_named(core::service{*object}, sorted);
    // One without content has no names, or none yet.
    if (!one.external_name.empty() || !one.addresses.empty()
        || !one.groups.empty())
      out.push_back(std::move(one));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return std::tie(a.namespace_, a.name) < std::tie(b.namespace_, b.name);
  });
  return out;
}

} // namespace troupe::agent
