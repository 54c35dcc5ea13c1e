#pragma once

#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <string>

namespace troupe::process {

/// Takes the lock file `path`, made when absent, for whoever holds the
/// descriptor: it may be handed on to a child, and the lock is free once every
/// copy is closed, however the holders ended. `conflict` when somebody else
/// has it.
result<unique_fd> take_lock(const std::string& path);

} // namespace troupe::process
