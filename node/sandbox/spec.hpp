#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/time_point.hpp"
#include "node/sys/unique_fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// What a sandbox and its containers are made of. Plain values; all paths are
/// the host's and absolute unless said otherwise. Descriptors given in a spec
/// are consumed by the call that takes it.
namespace troupe::sandbox {

inline constexpr std::size_t container_id_size_max = 127;
/// Running containers and remembered exited ones of one pod.
inline constexpr std::size_t containers_max = 64;
inline constexpr std::size_t mounts_max = 220; ///< of one container
inline constexpr std::size_t lower_layers_max = 450;
/// Arguments and environment together, in octets.
inline constexpr std::size_t arguments_size_max = 2 * 1024 * 1024;

using name_value = std::pair<std::string, std::string>;

/// Where processes are counted and limited. See cgroup::entry_points.
struct cgroup_spec {
  std::vector<std::string> procs_files; ///< v1: "0" is written into each
  unique_fd directory;                  ///< v2: for CLONE_INTO_CGROUP
};

struct sandbox_spec {
  std::string pod_uid;
  std::string ns;
  std::string name;
  /// Of the pod's UTS namespace, at most 64 octets. Unused with host_network,
  /// where the pod keeps the host's.
  std::string hostname;
  /// A pinned network namespace, such as network::pod_attachment::netns_path.
  /// Unused with host_network.
  std::string netns_path;
  bool host_network = false;
  bool host_pid = false;
  bool host_ipc = false;
  bool share_pid = false; ///< spec.shareProcessNamespace
  /// securityContext.sysctls, such as {"net.core.somaxconn", "1024"}. Names
  /// must be namespaced ones (net., kernel.shm, kernel.msg, kernel.sem,
  /// fs.mqueue.); their values are the kernel's to judge.
  std::vector<name_value> sysctls;
  /// A directory of this pod's own, made (0700) when missing: the shim's
  /// socket and its journal live in it, and the pod's /dev/shm is mounted
  /// there. Its parent exists.
  std::string directory;
  /// Octets of the pod's /dev/shm.
  std::uint64_t shm_size = 64 * 1024 * 1024;
  /// Where the shim is moved to. Not the pod's own group: the shim must
  /// outlive the pod's limits.
  cgroup_spec shim_cgroup;
};

enum class propagation : std::uint8_t {
  none,              ///< mountPropagation None
  host_to_container, ///< new mounts of the host appear
  bidirectional,     ///< and those of the container appear on the host
};

/// A file or directory of the host. `descriptor`, when it holds one (O_PATH
/// will do: volume::open_sub_path), is mounted instead of `path`.
struct bind_source {
  std::string path;
  unique_fd descriptor;
  bool recursive = true; ///< with the mounts below it
};

struct tmpfs_source {
  std::optional<std::uint64_t> size; ///< octets; absent: half of the RAM
  mode_t mode = 01777;
};

/// One entry of the container's mount table, made in the order given.
struct mount_spec {
  std::variant<bind_source, tmpfs_source> source;
  /// Absolute path in the container. Symbolic links in it are followed inside
  /// the container's root; what is missing is made, as a directory or an empty
  /// file after the source.
  std::string destination;
  bool read_only = false;
  /// Also what is mounted below is read only (recursiveReadOnly).
  bool recursive_read_only = false;
  bool no_exec = false;
  propagation propagates = propagation::none;
};

/// A device node to make in the container's /dev.
struct device_spec {
  std::string path; ///< "/dev/fuse"
  char type = 'c';  ///< 'c' or 'b'
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  mode_t mode = 0666;
  uid_t uid = 0;
  gid_t gid = 0;
};

/// The container's root: an overlay of read-only layers, bottom first (as in
/// image::image_record), and one writable directory. `upper` and `work` are on
/// one file system, are made when missing, and belong to this container.
struct rootfs_spec {
  std::vector<std::string> layers;
  std::string upper;
  std::string work;
  bool read_only = false; ///< securityContext.readOnlyRootFilesystem
};

/// A limit of the process; `hard` is lowered to what this machine may grant.
struct rlimit_spec {
  int resource = 0; ///< RLIMIT_NOFILE and so on
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
};

enum class seccomp_profile : std::uint8_t {
  runtime_default,
  unconfined,
  own, ///< `seccomp_text` of a `security_spec`
};

/// Names are Kubernetes' ("NET_ADMIN", "CAP_NET_ADMIN" or "ALL"); the default
/// set is containerd's. `drop` is applied after ALL in `add` and before other
/// names in it, so that drop ALL, add X leaves X.
struct capability_spec {
  std::vector<std::string> add;
  std::vector<std::string> drop;
};

struct security_spec {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups; ///< supplementary
  capability_spec capabilities;
  /// Not allowPrivilegeEscalation.
  bool no_new_privs = false;
  /// All capabilities, all of the host's devices, nothing masked, /sys and
  /// cgroups writable, no seccomp. The cgroup must not restrict devices.
  bool privileged = false;
  seccomp_profile seccomp = seccomp_profile::runtime_default;
  std::string seccomp_text; ///< a profile as JSON (seccomp_profile.hpp)
  /// Paths in the container: hidden behind something empty, and made read
  /// only. What does not exist is passed over. Not with `privileged`.
  std::vector<std::string> masked_paths;
  std::vector<std::string> read_only_paths;
};

/// The container's output in the CRI format.
struct log_spec {
  std::string path; ///< "<dir>/0.log"; its directory is made when missing
  std::uint64_t size_max = 10 * 1024 * 1024; ///< then it is rotated
  std::uint32_t files_max = 5; ///< of one container, the current one included
};

struct container_spec {
  /// Unique in the pod over all restarts: [A-Za-z0-9_.-]+.
  std::string id;
  rootfs_spec rootfs;
  std::vector<std::string> args; ///< args[0] is searched in the env's PATH
  std::vector<std::string> env;  ///< "NAME=value"
  std::string cwd = "/";         ///< made when missing
  security_spec security;
  /// /etc/hosts, /etc/resolv.conf, /etc/hostname and the termination message
  /// file are ordinary binds here.
  std::vector<mount_spec> mounts;
  std::vector<device_spec> devices; ///< beside null, zero, tty and the like
  std::vector<rlimit_spec> rlimits;
  /// -1000 to 1000; raised to what this machine may grant.
  int oom_score_adj = 0;
  cgroup_spec cgroup;
  log_spec log;
  bool stdin_open = false; ///< spec.containers[].stdin
  bool stdin_once = false; ///< input ends with the first attach
  bool tty = false;
  /// A pidfd: it is born in that process's PID namespace, not in one of its
  /// own. A shim of before that wish does not heed it.
  unique_fd pids_of;
};

/// A further process in a running container.
struct exec_spec {
  std::string container_id;
  std::vector<std::string> args;
  std::vector<std::string> env; ///< of the container, or what is wanted
  std::string cwd = "/";
  security_spec security; ///< as given to start_container
  int oom_score_adj = 0;  ///< as given to start_container
  cgroup_spec cgroup;     ///< as given to start_container
  bool stdin_open = false;
  bool stdout_open = true;
  bool stderr_open = true; ///< with a tty: ignored, all output is `out`
  bool tty = false;
  std::uint16_t columns = 80; ///< of the tty, as `rows`
  std::uint16_t rows = 24;
};

} // namespace troupe::sandbox
