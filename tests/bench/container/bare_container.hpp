#pragma once

#include <string>

namespace troupe::bench {

/// Runs the bundle's `true` by bare kernel calls: the same namespaces and
/// mounts in a new process, its exec and its end, without seccomp filter,
/// cgroup, capability, device, hidden path, log or record. Nobody can be
/// faster. Milliseconds; negative where a call failed.
double run_bare_container(const std::string& path, int run);

} // namespace troupe::bench
