#include "node/pod/admission.hpp"

#include "node/pod/spec.hpp"

#include <algorithm>

namespace troupe::pod {

namespace {

constexpr std::string_view all_addresses = "0.0.0.0";

struct port_claim {
  std::string_view address;
  std::string_view protocol;
  std::int64_t port = 0;

  bool excludes(const port_claim& other) const {
    return port == other.port && protocol == other.protocol
           && (address == other.address || address == all_addresses
               || other.address == all_addresses);
  }
};

std::string_view or_else(std::string_view text, std::string_view fallback) {
  return text.empty() ? fallback : text;
}

std::vector<port_claim> claims_of(const view::core_v1::pod& pod) {
  std::vector<port_claim> out;
  for (auto& entry : containers_of(pod))
    for (auto port : entry.spec.ports())
      if (entry.role != container_role::init && port.host_port() > 0)
        out.push_back({or_else(port.host_ip(), all_addresses),
                       or_else(port.protocol(), "TCP"), port.host_port()});
  return out;
}

} // namespace

bool claims_ports(const view::core_v1::pod& pod) {
  return !claims_of(pod).empty();
}

std::optional<refusal> refuse(const view::core_v1::pod& wanted,
                              std::span<const view::core_v1::pod> others) {
  const auto own = claims_of(wanted);
  const auto is_taken = [&](const port_claim& claim) {
    return std::any_of(own.begin(), own.end(),
                       [&](const auto& each) { return each.excludes(claim); });
  };
  for (const auto& other : others) {
    const auto theirs = claims_of(other);
    if (std::any_of(theirs.begin(), theirs.end(), is_taken))
      return refusal{"NodePorts",
                     "Predicate NodePorts failed: node(s) didn't have free "
                     "ports for the requested pod ports"};
  }
  return std::nullopt;
}

} // namespace troupe::pod
