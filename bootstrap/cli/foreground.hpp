#pragma once

#include "bootstrap/process/identity.hpp"

namespace troupe::cli {

/// From here on SIGINT, SIGTERM and SIGHUP wait for `stay` instead of ending
/// this process.
void hold_signals();

/// Stays until the supervisor ends; a signal that was held, or comes, ends it.
void stay(const process::identity& supervisor);

} // namespace troupe::cli
