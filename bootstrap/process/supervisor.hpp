#pragma once

#include "bootstrap/config/options.hpp"

namespace troupe::process {

/// Keeps a cluster's processes running until SIGTERM or SIGINT, then ends them,
/// removes what ran on its nodes and returns 0. Restarts each with backoff
/// whenever it dies, hands the server the listening socket, and takes them all
/// along however this process ends; only containers outlive it. Moves their
/// logs away when they are large (log/<name>.log.1), and has all of them open
/// theirs anew on SIGHUP, for who moves logs away himself. Holds the cluster's
/// lock meanwhile and says in run/supervisor.json what runs. Returns 1 when it
/// cannot even begin.
int run_supervisor(const supervisor_options& options);

} // namespace troupe::process
