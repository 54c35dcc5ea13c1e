#pragma once

#include "messages/base/ip.hpp"
#include "node/network/port_protocol.hpp"
#include "node/network/ruleset.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Services as rules of nftables: what kube-proxy is elsewhere. Pure.
///
///     prerouting, output ─▶ services ─ by address, protocol and port ─┐
///       (nat)                └─▶ node_ports, on the node's addresses ─┤
///                                                                     ▼
///        external/… ─ masquerade; policy ─▶ cluster/…, local/… ─▶ dnat
///                                             └─▶ endpoint/… with affinity
///     screen, screen_output ─▶ refuse: services without endpoints, and what
///       (filter, after nat)    else is left of services' addresses
///     postrouting: masquerade what was marked, a pod that was led to itself,
///                  and pods that leave the cluster
///
/// A packet costs one look in a map, however many services there are.
namespace troupe::network {

struct service_endpoint {
  ip_address address;
  std::uint16_t port = 0;
  bool ready = true;
  bool serving = true;
  bool terminating = false;
  bool local = false;     ///< on this node
  bool elsewhere = false; ///< hints leave it to other nodes (policy Cluster)

  friend bool operator==(const service_endpoint&,
                         const service_endpoint&) = default;
};

enum class traffic_policy : std::uint8_t { cluster, local };

/// One port of a Service with what serves it.
struct service_port {
  std::string service; ///< "namespace/name"
  port_protocol protocol = port_protocol::tcp;
  std::uint16_t port = 0;
  std::uint16_t node_port = 0; ///< 0: none
  std::vector<ip_address> cluster_addresses;
  std::vector<ip_address> external_addresses; ///< externalIPs
  std::vector<ip_address> balancer_addresses; ///< of load balancers
  /// Who may come in by a load balancer's address; none: everybody.
  std::vector<ip_prefix> balancer_clients;
  /// How long a client stays with its endpoint: sessionAffinity ClientIP.
  std::optional<std::int64_t> affinity_seconds;
  traffic_policy internal_policy = traffic_policy::cluster;
  traffic_policy external_policy = traffic_policy::cluster;
  std::vector<service_endpoint> endpoints; ///< of both families

  friend bool operator==(const service_port&, const service_port&) = default;
};

struct service_rules_config {
  std::string bridge;                ///< on which the node's pods are
  std::vector<ip_prefix> pod_cidrs;  ///< of this node
  std::vector<ip_prefix> pod_ranges; ///< of all pods of the cluster
  /// Of services: an address in them that no service has is unreachable.
  std::vector<ip_prefix> service_ranges;
  /// What goes from pod to pod over the bridge passes the packet filter, so
  /// that answers find their way through it. Else the node stands between.
  bool bridge_is_filtered = true;
};

/// The table for these services. Where two want the same address and port the
/// first in their order has it.
ruleset make_service_rules(const service_rules_config& config,
                           const std::vector<service_port>& services);

/// The endpoints that traffic of one family may be sent to: ready ones, and
/// only where there is none those that still serve while they end
/// (KEP-1669); sorted, each once.
struct usable_endpoints {
  std::vector<service_endpoint> cluster; ///< policy Cluster
  std::vector<service_endpoint> local;   ///< policy Local
  bool anywhere = false;                 ///< there are some in the cluster
};

usable_endpoints choose_endpoints(const service_port& port, ip_family family);

/// Table and family of all of it.
inline constexpr std::string_view service_table_name = "inet troupe_services";

} // namespace troupe::network
