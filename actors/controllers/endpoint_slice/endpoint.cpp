#include "actors/controllers/endpoint_slice/endpoint.hpp"

#include "actors/controllers/service_pods/service_pods.hpp"

#include <algorithm>

namespace troupe::controllers::endpoint_slice {

namespace {

namespace core = view::core_v1;

std::vector<std::string> addresses_of(core::pod pod, ip_family family) {
  std::vector<std::string> out;
  for (auto ip : pod.status().pod_ips())
    if (const auto address = ip_address::parse(ip.ip());
        address && address->family() == family)
      out.push_back(address->to_string());
  std::ranges::sort(out);
  return out;
}

/// Only who takes traffic is worth preferring.
void add_hints(std::string_view preference, endpoint& out) {
  const bool by_node = preference == "PreferSameNode";
  const bool by_zone =
      by_node || preference == "PreferClose" || preference == "PreferSameZone";
  if (by_zone && !out.zone.empty())
    out.for_zones = {out.zone};
  if (by_node && !out.node.empty())
    out.for_nodes = {out.node};
}

} // namespace

std::string endpoint::identity() const {
  auto out = ns + '/' + name + '/' + hostname;
  for (const auto& address : addresses)
    out.append("/").append(address);
  return out;
}

endpoint endpoint_of(core::service service, core::pod pod, ip_family family,
                     std::string_view zone) {
  endpoint out;
  out.addresses = addresses_of(pod, family);
  out.serving = service_pods::is_ready(pod);
  out.terminating = pod.metadata().has_deletion_timestamp();
  out.ready = service.spec().publish_not_ready_addresses()
              || (*out.serving && !*out.terminating);
  if (service_pods::names_host(service, pod))
    out.hostname = pod.spec().hostname();
  out.kind = "Pod";
  out.ns = pod.metadata().namespace_();
  out.name = pod.metadata().name();
  out.uid = pod.metadata().uid();
  out.node = pod.spec().node_name();
  out.zone = zone;
  if (*out.ready)
    add_hints(service.spec().traffic_distribution(), out);
  return out;
}

ports ports_of(core::service service, core::pod pod) {
  ports out;
  for (auto wanted : service.spec().ports())
    if (const auto number = service_pods::find_port(pod, wanted)) {
      port one{std::string{wanted.name()}, std::string{wanted.protocol()},
               *number, std::nullopt};
      if (wanted.has_app_protocol())
        one.app_protocol = wanted.app_protocol();
      out.push_back(std::move(one));
    }
  std::ranges::sort(out);
  return out;
}

} // namespace troupe::controllers::endpoint_slice
