#pragma once

#include "bootstrap/cli/console.hpp"
#include "bootstrap/cluster/cluster_file.hpp"
#include "bootstrap/cluster/layout.hpp"
#include "bootstrap/process/identity.hpp"
#include "messages/base/time_point.hpp"

namespace troupe::cli {

/// Asks the cluster's API once whether it is ready.
status_result ask_ready(const cluster::layout& files,
                        const cluster::cluster_record& record,
                        duration timeout);

/// Asks until it and its nodes are ready, the supervisor has ended, a signal
/// that is held has come, or `timeout` passes; says on `err` that it waits when
/// it takes long. The error says what is wrong and where to look.
status_result wait_ready(const cluster::layout& files,
                         const cluster::cluster_record& record,
                         const process::identity& supervisor, duration timeout,
                         std::ostream& err);

} // namespace troupe::cli
