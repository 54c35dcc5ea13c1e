#pragma once

namespace troupe::wiring {

/// From here on every thread leaves SIGTERM and SIGINT to the descriptor that
/// is returned; SIGHUP, which terminals send when they close, changes nothing.
/// -1 when that fails.
int hold_signals();

/// Returns when it is time to end: a signal, or the other end of the lifeline
/// (-1: none) is gone. Says which in the log.
void wait_for_end(const char* component, int signals, int lifeline);

} // namespace troupe::wiring
