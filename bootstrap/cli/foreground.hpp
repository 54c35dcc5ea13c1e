#pragma once

#include "bootstrap/process/identity.hpp"

namespace troupe::cli {

/// From here on SIGINT, SIGTERM and SIGHUP wait for `stay` instead of ending
/// this process.
void hold_signals();

/// Whether one waits.
bool interrupted();

/// Stays until the supervisor, a child of ours, ends; a signal that was held,
/// or comes, ends it. Returns whether it ended as one that was told to.
bool stay(const process::identity& supervisor);

} // namespace troupe::cli
