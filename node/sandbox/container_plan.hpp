#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "node/sandbox/spec.hpp"
#include "node/sys/mount_table.hpp"
#include "node/sys/unique_fd.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::sandbox {

/// One of the kernel's cgroup hierarchies as a container shall see it.
struct cgroup_view {
  std::string type;        ///< "cgroup" or "cgroup2"
  std::string options;     ///< v1: "cpu,cpuacct" or "name=systemd"
  std::string destination; ///< in the container

  friend bool operator==(const cgroup_view&, const cgroup_view&) = default;
};

/// The hierarchies that this machine has mounted below /sys/fs/cgroup. Pure.
std::vector<cgroup_view>
cgroup_views(const std::vector<sys::mount_entry>& mounts);

/// What the plans of a pod's containers have in common.
struct plan_context {
  const std::vector<cgroup_view>& cgroups;
  const std::vector<std::uint64_t>& filter; ///< empty: unconfined
  std::uint64_t capabilities = 0;
  std::string shm; ///< what a container's /dev/shm shows
};

/// A plan and the descriptors it names, in the order of their packet from
/// place `first` on.
struct prepared_plan {
  bytes plan;
  std::vector<unique_fd> descriptors;
};

/// Checks a spec for what would make no sense to the kernel: sizes, zeros in
/// texts, relative paths. Pure.
status_result validate(const container_spec& spec);
status_result validate(const exec_spec& spec);

/// Makes the container's mounts, attached nowhere, and writes the plan that
/// attaches them. Consumes the spec's descriptors. `devpts` is what
/// `make_devpts` made.
result<prepared_plan> prepare_container(container_spec& spec,
                                        const plan_context& context,
                                        const unique_fd& devpts,
                                        std::size_t first);

result<prepared_plan> prepare_exec(const exec_spec& spec,
                                   const plan_context& context,
                                   std::size_t first);

} // namespace troupe::sandbox
