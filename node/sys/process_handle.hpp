#pragma once

#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <sys/types.h>

namespace troupe::sys {

/// A descriptor for the process that has this id now (pidfd_open(2)). It stays
/// that process when the id is used again, and is readable once it has ended.
/// `not_found` when there is none.
result<unique_fd> open_process(pid_t pid);

/// Sends a signal to the process behind the descriptor (pidfd_send_signal(2)).
/// `not_found` when it has been reaped.
status_result signal_process(const unique_fd& process, int signal);

} // namespace troupe::sys
