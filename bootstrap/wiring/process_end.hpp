#pragma once

namespace troupe::wiring {

/// From here on every thread leaves SIGTERM, SIGINT and SIGHUP to the
/// descriptor that is returned. -1 when that fails.
int hold_signals();

/// Returns when it is time to end: SIGTERM or SIGINT, or the other end of the
/// lifeline (-1: none) is gone. Says which in the log. SIGHUP, which terminals
/// send too when they close, opens the log's file anew.
void wait_for_end(const char* component, int signals, int lifeline);

} // namespace troupe::wiring
