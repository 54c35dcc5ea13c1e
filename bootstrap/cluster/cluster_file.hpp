#pragma once

#include "messages/base/result.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::cluster {

/// A port of 127.0.0.1 that leads to a port of the nodes.
struct published_port {
  std::uint16_t port = 0;
  std::uint16_t node_port = 0;

  friend bool operator==(const published_port&,
                         const published_port&) = default;
};

/// When a node that is not heard of is given up; seconds, Kubernetes' defaults.
struct node_times {
  unsigned monitor_grace = 50; ///< silence until it counts as unreachable
  unsigned lease = 40;         ///< of a node; renewed four times within
  /// What pods tolerate that do not say otherwise.
  unsigned not_ready_toleration = 300;
  unsigned unreachable_toleration = 300;

  friend bool operator==(const node_times&, const node_times&) = default;
};

/// cluster.json: what makes a cluster the same one after a restart.
struct cluster_record {
  /// Random UUID; every file of the state carries it.
  std::string uid;
  std::uint16_t port = 0; ///< of the API on 127.0.0.1
  /// Members of the control plane, "s1" and so on, each a voter of the state;
  /// chosen once. Several are joined by the bus, so they have a lab.
  unsigned servers = 1;
  /// Machines of its lab, "n1" and so on.
  unsigned nodes = 0;
  /// Where images are looked for first: "docker.io=http://10.0.0.1:5000".
  std::vector<std::string> registry_mirrors;
  /// Whom else to trust for which registry: "reg.example:5000=/etc/ca.pem".
  std::vector<std::string> registry_authorities;
  /// Percent of the disk in use from which on images go, and until when.
  unsigned image_gc_high = 85;
  unsigned image_gc_low = 80;
  std::vector<published_port> published;
  /// Nodes reach what this machine reaches, by its address.
  bool uplink = false;
  cluster::node_times node_times;
  /// Files of the user's that hold this cluster's access.
  std::vector<std::string> kubeconfigs;

  friend bool operator==(const cluster_record&,
                         const cluster_record&) = default;
};

/// The version written; other versions are refused as `unsupported`.
inline constexpr int cluster_file_version = 1;
inline constexpr std::size_t kubeconfigs_max = 64;
inline constexpr std::size_t registry_mirrors_max = 64;
inline constexpr std::size_t published_max = 64;
inline constexpr unsigned nodes_max = 250;

/// How many servers a cluster may have: with one more, an even number, it would
/// survive no more failures.
inline constexpr std::array<unsigned, 3> server_counts{1, 3, 5};

/// Whether it has a lab and a bus. Without, it is its server alone.
bool has_lab(const cluster_record& value);

/// "s1", "s2", ... as many as it has servers.
std::vector<std::string> server_names(const cluster_record& value);

/// The process that carries the bus beside that server: "bus", or "bus-s2"
/// where there are several.
std::string bus_name(const cluster_record& value, const std::string& server);

/// "n1", "n2", ... as many as it has nodes.
std::vector<std::string> node_names(const cluster_record& value);

std::string to_json(const cluster_record& value);

/// `corrupt` names the member that is missing or wrong.
result<cluster_record> parse_cluster_record(std::string_view text);

/// Random octets as a version 4 UUID (RFC 9562).
std::string make_uuid(std::array<std::uint8_t, 16> random);

/// The record in `path`; `not_found` when there is none.
result<cluster_record> load_cluster(const std::string& path);

status_result save_cluster(const std::string& path,
                           const cluster_record& value);

} // namespace troupe::cluster
