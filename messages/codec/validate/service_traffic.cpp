#include "messages/base/ip.hpp"
#include "messages/codec/validate/service_checks.hpp"
#include "messages/codec/validate/texts.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

using spec_view = view::core_v1::service_spec;

constexpr std::string_view ranges_annotation =
    "service.beta.kubernetes.io/load-balancer-source-ranges";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// What only a load balancer may have.
void check_for_balancer(spec_view spec, const spot& here) {
  if (spec.type() != "LoadBalancer")
    here.forbidden("may only be used when `type` is 'LoadBalancer'");
}

void check_source_ranges(view::core_v1::service service, const spot& here) {
  const auto ranges = service.spec().load_balancer_source_ranges();
  if (!ranges.empty()) {
    // The field's name in errors is upstream's.
    const auto list = here.child("LoadBalancerSourceRanges");
    check_for_balancer(service.spec(), list);
    each_item(list, ranges, [](auto range, const spot& at) {
      check_range(trimmed(range), at);
    });
    return;
  }
  const auto annotations = service.metadata().annotations();
  if (!annotations.contains(ranges_annotation))
    return;
  const spot root{"metadata.annotations", here.errors()};
  const auto at = root.key(ranges_annotation);
  check_for_balancer(service.spec(), at);
  auto text = trimmed(annotations[ranges_annotation]);
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    check_range(trimmed(text.substr(0, comma)), at);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
}

void check_balancer(spec_view spec, const spot& here) {
  const auto allocate = here.child("allocateLoadBalancerNodePorts");
  if (spec.has_allocate_load_balancer_node_ports())
    check_for_balancer(spec, allocate);
  else if (spec.type() == "LoadBalancer")
    spot{"allocateLoadBalancerNodePorts", here.errors()}.required();
  if (!spec.has_load_balancer_class())
    return;
  const auto name = here.child("loadBalancerClass");
  if (spec.type() == "LoadBalancer")
    name.complain(spec.load_balancer_class(),
                  meta::check_qualified_name(spec.load_balancer_class()));
  else
    check_for_balancer(spec, name);
}

void check_outside(spec_view spec, const spot& here) {
  const auto policy = here.child("externalTrafficPolicy");
  if (reached_from_outside(spec))
    policy.required_one_of(spec.external_traffic_policy(),
                           {"Cluster", "Local"});
  else if (!spec.external_traffic_policy().empty())
    policy.invalid(spec.external_traffic_policy(),
                   "may only be set for externally-accessible services");
  const auto port = here.child("healthCheckNodePort");
  if (needs_health_port(spec)) {
    if (spec.health_check_node_port() == 0)
      port.required();
    else
      check_port_number(spec.health_check_node_port(), port);
  } else if (spec.health_check_node_port() != 0) {
    port.invalid(spec.health_check_node_port(),
                 "may only be set when `type` is 'LoadBalancer' and "
                 "`externalTrafficPolicy` is 'Local'");
  }
}

void check_inside(spec_view spec, const spot& here) {
  const auto policy = here.child("internalTrafficPolicy");
  if (spec.has_internal_traffic_policy())
    policy.one_of(spec.internal_traffic_policy(), {"Cluster", "Local"});
  else if (needs_cluster_ip(spec))
    policy.required();
  if (spec.has_traffic_distribution())
    here.child("trafficDistribution")
        .one_of(spec.traffic_distribution(),
                {"PreferClose", "PreferSameZone", "PreferSameNode"});
}

bool is_in(const ip_address& address, std::string_view range) {
  return ip_prefix::parse(range)->contains(address);
}

/// Of any of the scopes' flags (RFC 4291 2.7).
bool is_link_local_multicast(const ip_address& address) {
  const auto octets = address.octets();
  if (address.family() == ip_family::v4)
    return is_in(address, "224.0.0.0/24");
  const auto octet = [&](std::size_t i) {
    return static_cast<std::uint8_t>(octets[i]);
  };
  return octet(0) == 0xff && (octet(1) & 0x0f) == 2;
}

} // namespace

void check_ordinary_ip(std::string_view address, const spot& here) {
  const auto parsed = ip_address::parse(address);
  if (!parsed)
    return here.invalid(address, "must be a valid IP address");
  const auto in = [&](auto... ranges) {
    return (is_in(*parsed, ranges) || ...);
  };
  if (in("0.0.0.0/32", "::/128"))
    here.invalid(address,
                 "may not be unspecified (" + std::string{address} + ")");
  if (in("127.0.0.0/8", "::1/128"))
    here.invalid(address, "may not be in the loopback range (127.0.0.0/8, "
                          "::1/128)");
  if (in("169.254.0.0/16", "fe80::/10"))
    here.invalid(address, "may not be in the link-local range (169.254.0.0/16, "
                          "fe80::/10)");
  if (is_link_local_multicast(*parsed))
    here.invalid(address, "may not be in the link-local multicast range "
                          "(224.0.0.0/24, ff02::/10)");
}

void check_range(std::string_view range, const spot& here) {
  if (!ip_prefix::parse_masked(range))
    here.invalid(range, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or "
                        "2001:db8::/64)");
}

void check_service_traffic(view::core_v1::service service, const spot& here) {
  check_source_ranges(service, here);
  check_balancer(service.spec(), here);
  check_outside(service.spec(), here);
  check_inside(service.spec(), here);
}

} // namespace troupe::codec
