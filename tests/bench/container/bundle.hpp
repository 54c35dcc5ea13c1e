#pragma once

#include "node/cgroup/limits.hpp"
#include "node/sandbox/spec.hpp"

#include <string>

/// One container, said twice: as an OCI bundle and as our specs.
namespace troupe::bench {

/// Limits of the pod's group and of the container's.
cgroup::limits common_limits();

/// A root directory with a static `true`, at `path`/rootfs, and the bundle's
/// config.json beside it: the namespaces (that of the network is pinned at
/// `path`/netns), mounts, capabilities, seccomp profile, limits and hidden
/// paths that `make_container` gives. `group` is where crun puts it.
void make_bundle(const std::string& path, const std::string& group);

sandbox::sandbox_spec make_pod(const std::string& path,
                               const std::string& name);

/// Without its cgroup.
sandbox::container_spec make_container(const std::string& path,
                                       const std::string& id);

} // namespace troupe::bench
