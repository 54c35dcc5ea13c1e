#pragma once

#include "messages/base/result.hpp"
#include "node/pod/environment.hpp"
#include "node/pod/resources.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Pod, container, image and addresses as one plain record of what to run. Pure
/// translation: nothing is looked up.
namespace troupe::pod {

/// The part of an OCI image configuration that a container inherits.
struct image_defaults {
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
  std::vector<std::string> env; ///< "NAME=value"
  std::string user;             ///< "", "nginx", "101", "101:101"
  std::string working_dir;
  std::string stop_signal; ///< "", "SIGQUIT", "3"
};

/// Where a volume of the pod is on this node.
struct volume_path {
  std::string path;
  bool read_only = false; ///< whatever the mount says
  bool is_file = false;   ///< it has no inside: sub paths fail
};

struct launch_context {
  image_defaults image;
  env_sources sources;
  downward_facts facts;
  std::vector<env_var> service_variables;
  /// By volume name, every volume of the pod.
  std::map<std::string, volume_path, std::less<>> volumes;
  std::int64_t node_memory_capacity = 0; ///< octets, for oom_score_adj
  std::string hostname;
  /// Files on the node that are mounted at /etc/hosts, /etc/resolv.conf and
  /// terminationMessagePath. Empty: not mounted. /etc/hostname goes with hosts.
  std::string hosts_path;
  std::string resolv_conf_path;
  std::string hostname_path;
  std::string termination_message_path;
};

enum class mount_propagation : std::uint8_t {
  none,              ///< private
  host_to_container, ///< rslave
  bidirectional,     ///< rshared
};

struct container_mount {
  std::string source; ///< on the node, the volume's root or a file
  /// Path inside `source`, to be resolved without leaving it; "" is all of it.
  std::string sub_path;
  std::string target; ///< absolute, in the container
  std::string volume; ///< name in the pod, "" for the files of the node
  bool read_only = false;
  bool recursive_read_only = false;
  mount_propagation propagation = mount_propagation::none;

  friend bool operator==(const container_mount&,
                         const container_mount&) = default;
};

/// Who the first process is. Without `uid` the name (from the image) is looked
/// up in the container's /etc/passwd and /etc/group; nothing at all is root.
struct container_user {
  std::optional<std::int64_t> uid;
  std::optional<std::int64_t> gid;
  std::string name; ///< "nginx", "nginx:www"; when `uid` is absent
  std::vector<std::int64_t> supplemental_groups; ///< fsGroup included
  /// Merge: the image's groups of that user are added.
  bool merge_image_groups = true;
  /// runAsNonRoot: whatever uid the names lead to, it must not be 0.
  bool must_not_be_root = false;

  friend bool operator==(const container_user&,
                         const container_user&) = default;
};

enum class seccomp_kind : std::uint8_t {
  unconfined,
  runtime_default,
  localhost
};

struct container_launch {
  std::string name;
  std::vector<std::string> args; ///< never empty
  std::vector<env_var> env;      ///< the image's first, PATH and HOSTNAME in it
  std::string working_dir;       ///< absolute
  container_user user;
  std::vector<std::string> capabilities; ///< sorted, "CAP_CHOWN"
  bool privileged = false;
  bool read_only_root = false;
  bool no_new_privileges = false;
  seccomp_kind seccomp = seccomp_kind::unconfined;
  std::string seccomp_profile; ///< file below the profile root, if localhost
  std::vector<std::string> masked_paths;
  std::vector<std::string> read_only_paths;
  std::vector<container_mount> mounts; ///< parents before children
  bool tty = false;
  bool stdin_ = false;
  bool stdin_once = false;
  std::string termination_message_target;
  bool termination_message_from_logs = false; ///< FallbackToLogsOnError
  cgroup_limits cgroup;
  std::string cgroup_parent; ///< pod_cgroup_path
  int oom_score_adj = 0;
  std::string stop_signal; ///< "SIGTERM"
  bool host_network = false;
  bool host_pid = false;
  bool host_ipc = false;
  bool share_process_namespace = false;
  std::string hostname;
};

/// Fails with upstream's texts for CreateContainerConfigError (a missing
/// ConfigMap, runAsNonRoot broken) or `no command specified`.
result<container_launch> make_launch(const view::core_v1::pod& pod,
                                     const view::core_v1::container& container,
                                     const launch_context& context);

/// The signal that asks this container to stop: lifecycle.stopSignal, the
/// image's, SIGTERM. Always a name.
std::string stop_signal(const view::core_v1::container& container,
                        const image_defaults& image);

/// One kernel parameter of the sandbox.
struct sandbox_sysctl {
  std::string name;
  std::string value;

  friend bool operator==(const sandbox_sysctl&,
                         const sandbox_sysctl&) = default;
};

/// What the containers of a pod share.
struct sandbox_launch {
  std::string hostname;
  bool host_network = false;
  bool host_pid = false;
  bool host_ipc = false;
  bool share_process_namespace = false;
  std::vector<sandbox_sysctl> sysctls; ///< in the pod's order
  std::string cgroup;                  ///< pod_cgroup_path
  cgroup_limits limits;
  /// hostPort mappings: what the network opens on the node.
  struct port {
    std::int32_t host_port = 0;
    std::int32_t container_port = 0;
    std::string protocol; ///< TCP, UDP, SCTP
    std::string host_address;

    friend bool operator==(const port&, const port&) = default;
  };
  std::vector<port> ports;
};

/// Refuses with upstream's text what no sandbox here can be: a pod with users
/// of its own.
result<sandbox_launch> make_sandbox_launch(const view::core_v1::pod& pod,
                                           std::string hostname);

} // namespace troupe::pod
