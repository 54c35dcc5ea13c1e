#pragma once

#include <optional>
#include <span>
#include <string>

namespace troupe::view::core_v1 {
class pod;
} // namespace troupe::view::core_v1

/// Whether a node takes a pod that somebody placed on it.
namespace troupe::pod {

/// Why not, in upstream's words.
struct refusal {
  std::string reason;
  std::string message;

  friend bool operator==(const refusal&, const refusal&) = default;
};

/// Refuses a pod that wants a kernel parameter which may not be safe: one that
/// others on the node could feel, or of a namespace that it shares with it.
std::optional<refusal> refuse_sysctls(const view::core_v1::pod& wanted);

/// Whether the pod wants ports of the node for itself.
bool claims_ports(const view::core_v1::pod& pod);

/// Refuses a pod that wants a port which one of the node's others has: of the
/// same protocol and, unless one wants it for all addresses, the same address.
std::optional<refusal> refuse_ports(const view::core_v1::pod& wanted,
                                    std::span<const view::core_v1::pod> others);

} // namespace troupe::pod
