#pragma once

#include "node/pod/container_status.hpp"

/// The part of v1.ContainerStatus that tells what a container was given;
/// nobody outside this folder includes it.
namespace troupe::pod {

/// Adds volumeMounts, and once there was an incarnation user, resources and
/// allocatedResources. Resources are those of the pod, and while the container
/// runs those of its cgroup. Source: Kubernetes' KEPs 1287, 3619 and 3857.
void write_applied(codec::document& out, codec::node& status,
                   const container_report& report);

} // namespace troupe::pod
