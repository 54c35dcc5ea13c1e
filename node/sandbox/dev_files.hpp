#pragma once

#include "messages/base/result.hpp"
#include "node/sandbox/spec.hpp"
#include "node/sys/unique_fd.hpp"

namespace troupe::sandbox {

/// A tmpfs with a container's /dev: the devices every container has, those it
/// asks for (privileged: all of the host's), links, and places to mount pts,
/// shm and mqueue; with a tty also a console.
result<unique_fd> make_dev(const container_spec& spec);

/// A devpts of the container's own.
result<unique_fd> make_devpts();

} // namespace troupe::sandbox
