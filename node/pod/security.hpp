#pragma once

#include "node/pod/launch.hpp"
#include "node/pod/spec.hpp"

/// Who a container runs as and what it may do; nobody outside this folder
/// includes it.
namespace troupe::pod {

/// Fails with upstream's texts when runAsNonRoot is broken.
result<container_user> make_user(const view::core_v1::pod& pod,
                                 const view::core_v1::container& container,
                                 const image_defaults& image);

/// Capabilities, privileges, seccomp, masked and read-only paths.
void set_privileges(container_launch& to, const view::core_v1::pod& pod,
                    const view::core_v1::container& container);

} // namespace troupe::pod
