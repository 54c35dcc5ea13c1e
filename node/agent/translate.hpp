#pragma once

#include "messages/view/core_v1.hpp"
#include "node/agent/node_paths.hpp"
#include "node/cgroup/limits.hpp"
#include "node/image/image_record.hpp"
#include "node/image/image_user.hpp"
#include "node/network/host_ports.hpp"
#include "node/pod/launch.hpp"
#include "node/pod/observed.hpp"
#include "node/sandbox/spec.hpp"

#include <string>
#include <vector>

/// From the words of node/pod to those of its siblings. Pure, but for
/// `make_id`.
namespace troupe::agent {

cgroup::limits to_limits(const pod::cgroup_limits& from);

sandbox::sandbox_spec to_sandbox_spec(const view::core_v1::pod& pod,
                                      const pod::sandbox_launch& launch,
                                      const node_paths& paths);

/// `invalid_argument` for what is no port or address.
result<std::vector<network::host_port>>
to_host_ports(const pod::sandbox_launch& launch);

pod::image_defaults to_defaults(const image::image_config& from);

/// `user` is who the launch's user is in the image's files.
sandbox::security_spec to_security(const pod::container_launch& launch,
                                   const image::process_user& user);

/// As whom a container starts.
pod::process_identity to_identity(const sandbox::security_spec& from);

/// SIGTERM and its like by name or number; 0 for what is none.
int signal_number(std::string_view name);

/// The name a container is known by on the node: 64 random hexadecimal digits.
std::string make_id();

} // namespace troupe::agent
