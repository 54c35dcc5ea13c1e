#pragma once

#include "bootstrap/config/options.hpp"

namespace troupe::process {

/// Keeps a cluster's server running until SIGTERM or SIGINT, then ends it and
/// returns 0. Restarts it with backoff whenever it dies, hands it the
/// listening socket, and takes it along however this process ends. Holds the
/// cluster's lock meanwhile and says in run/supervisor.json what runs. Returns
/// 1 when it cannot even begin.
int run_supervisor(const supervisor_options& options);

} // namespace troupe::process
