#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What each verb of `troupe` was asked to do. Plain values: the command line
/// fills them, tests make them by hand. `validate` names the flag that is
/// wrong and what was expected.
namespace troupe {

enum class output_format : std::uint8_t { text, json };

/// Which cluster a verb is about.
struct cluster_choice {
  /// 1 to 40 characters: lowercase letters, digits and '-', a letter or digit
  /// at both ends. Also the name of the cluster's directory.
  std::string name = "default";
  /// The directory that holds a directory per cluster. Empty: /var/lib/troupe
  /// for root, otherwise the user's state directory.
  std::string directory;

  status_result validate() const;
};

/// A port of this machine and the nodes' port that it leads to.
struct port_pair {
  std::uint16_t port = 0;
  std::uint16_t node_port = 0;
};

/// "8080:30080". The first may be 0, the second not.
result<port_pair> parse_publish(const std::string& text);

/// When a node that is not heard of is given up. Absent: as last time, at first
/// Kubernetes' defaults, which cluster_file names.
struct node_time_options {
  /// How long a node may be silent, and how long its Lease lasts, a quarter of
  /// which is how often it is renewed: whole seconds, 1 s to 1 h.
  std::optional<duration> monitor_grace;
  std::optional<duration> lease;
  /// How long pods that do not say otherwise stay on a node that is not ready,
  /// or not reachable; seconds.
  std::optional<unsigned> not_ready_toleration;
  std::optional<unsigned> unreachable_toleration;

  static constexpr unsigned toleration_max = 1'000'000'000;

  status_result validate() const;
};

/// `troupe up`.
struct up_options {
  cluster_choice cluster;
  /// Members of the control plane, one of `server_counts`. Absent: as last
  /// time, at first 1.
  std::optional<unsigned> servers;
  /// Machines of network namespaces that run containers, at most `nodes_max`.
  /// Absent: as last time, at first 1 for root, else none.
  std::optional<unsigned> nodes;
  /// Where a registry's images are fetched instead, "docker.io=http://a:5000".
  /// Empty: as last time.
  std::vector<std::string> registry_mirrors;
  /// Files of certificates to trust beside the machine's for a registry,
  /// "registry.example:5000=/etc/ssl/registry.pem". Empty: as last time.
  std::vector<std::string> registry_authorities;
  /// Percent of the images' disk in use from which on unused images go, and
  /// down to which. Absent: as last time, at first kubelet's. 100: never.
  std::optional<unsigned> image_gc_high;
  std::optional<unsigned> image_gc_low;
  /// Ports of 127.0.0.1 that lead to a port of the nodes, "8080:30080"; port 0
  /// picks a free one, and the same one again next time. "none" alone: none.
  /// Empty: as last time.
  std::vector<std::string> publish;
  /// Nodes reach what this machine reaches. Absent: as last time, at first
  /// where that is possible.
  std::optional<bool> uplink;
  node_time_options node_times;
  /// On 127.0.0.1. Absent: as last time, at first `port_default`. 0: any free
  /// port, and the same one again next time.
  std::optional<std::uint16_t> port;
  /// The cluster's access is also added to this file. Empty: to none.
  std::string kubeconfig;
  /// The cluster's access is also added to ~/.kube/config.
  bool merge_kubeconfig = false;
  /// Stay until the cluster is stopped, and stop it when interrupted.
  bool foreground = false;
  /// How long to wait until the API answers; 1 s to 1 h.
  duration timeout = std::chrono::seconds{60};
  output_format output = output_format::text;

  static constexpr std::uint16_t port_default = 6443;
  static constexpr unsigned nodes_max = 250;
  static constexpr std::array<unsigned, 3> server_counts{1, 3, 5};

  status_result validate() const;
};

/// `troupe down`.
struct down_options {
  cluster_choice cluster;
  /// Stop it, and leave what `up` needs to go on where it was.
  bool keep_state = false;
  /// Every cluster in the directory instead of the named one.
  bool all = false;
  /// How long its processes may take to end before they are killed; 1 s to
  /// 1 h.
  duration timeout = std::chrono::seconds{30};

  status_result validate() const;
};

/// `troupe status`.
struct status_options {
  cluster_choice cluster;
  output_format output = output_format::text;

  status_result validate() const;
};

/// `troupe actors`.
struct actors_options {
  cluster_choice cluster;
  output_format output = output_format::text;

  status_result validate() const;
};

/// `troupe kill`: one actor or one process.
struct kill_options {
  cluster_choice cluster;
  std::string address; ///< "/server/s1/watch"; empty: a process
  std::string process; ///< "n1", "bus", "supervisor"; empty: an actor

  status_result validate() const;
};

/// `troupe server`: one member of the control plane.
struct server_options {
  /// The cluster's own directory.
  std::string cluster_directory;
  /// Its member name, part of its actors' addresses ("s1").
  std::string member = "s1";
  /// A socket that listens already.
  int listen_fd = -1;
  /// The end of a pipe: when the other end closes, the server ends. -1: none.
  int lifeline_fd = -1;
  /// Where its log goes; empty: to standard error.
  std::string log_file;
  /// How long open requests may take when it is told to end.
  duration drain_timeout = std::chrono::seconds{5};

  status_result validate() const;
};

/// `troupe agent`: what runs the containers of one node.
struct agent_options {
  /// The cluster's own directory.
  std::string cluster_directory;
  /// Its node's name ("n1"), also on the bus.
  std::string node;
  /// The end of a pipe: when the other end closes, the agent ends. -1: none.
  int lifeline_fd = -1;
  /// Where its log goes; empty: to standard error.
  std::string log_file;

  status_result validate() const;
};

/// `troupe supervisor`: what keeps a cluster's processes running.
struct supervisor_options {
  /// The cluster's own directory.
  std::string cluster_directory;
  /// The socket of the API, which listens already. Those of the published
  /// ports follow `lock_fd`.
  int listen_fd = -1;
  /// The cluster's lock, held. It is released when the supervisor ends.
  int lock_fd = -1;

  status_result validate() const;
};

/// `troupe image import` and `troupe image list`.
struct image_options {
  cluster_choice cluster;
  /// An OCI layout or docker-save tar to add. Empty: list what there is.
  std::string archive;
  /// The image's name where the archive gives none.
  std::string tag;
  output_format output = output_format::text;

  status_result validate() const;
};

/// `troupe publisher`: what leads published ports to the nodes.
struct publisher_options {
  /// The cluster's own directory.
  std::string cluster_directory;
  /// The sockets of the published ports, which listen already, are this
  /// descriptor and those after it.
  int first_fd = -1;
  /// The end of a pipe: when the other end closes, it ends. -1: none.
  int lifeline_fd = -1;
  /// Where its log goes; empty: to standard error.
  std::string log_file;

  status_result validate() const;
};

/// `troupe version`.
struct version_options {
  output_format output = output_format::text;
};

} // namespace troupe
