#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace troupe::view::core_v1 {
class pod;
} // namespace troupe::view::core_v1

/// What a pod may write to its node's disk: limits on emptyDirs, containers and
/// the pod. Source: Kubernetes, "Local ephemeral storage".
namespace troupe::pod {

/// Octets that parts of a pod take, as they were counted.
struct storage_use {
  using parts = std::map<std::string, std::int64_t, std::less<>>;

  parts empty_dirs;        ///< by the volume's name, of any medium
  parts containers;        ///< by name: writable layer and logs
  std::int64_t others = 0; ///< what counts for the pod as a whole only

  friend bool operator==(const storage_use&, const storage_use&) = default;
};

/// Whether the pod has such a limit: of others nobody needs to count anything.
bool limits_storage(const view::core_v1::pod& pod);

/// The first limit that is exceeded, in upstream's words, or "". What would
/// evict a pod that is critical to the system does not count.
std::string storage_excess(const view::core_v1::pod& pod,
                           const storage_use& use);

} // namespace troupe::pod
