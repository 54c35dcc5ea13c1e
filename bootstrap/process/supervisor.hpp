#pragma once

#include "bootstrap/config/options.hpp"

namespace troupe::process {

/// Keeps a cluster's processes running until SIGTERM or SIGINT, then ends them,
/// removes what ran on its nodes and returns 0. Restarts each with backoff
/// whenever it dies, hands the server the listening socket, and takes them all
/// along however this process ends; only containers outlive it. Holds the
/// cluster's lock meanwhile and says in run/supervisor.json what runs. Returns
/// 1 when it cannot even begin.
int run_supervisor(const supervisor_options& options);

} // namespace troupe::process
