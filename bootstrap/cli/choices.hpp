#pragma once

#include "bootstrap/cluster/cluster_file.hpp"
#include "bootstrap/cluster/layout.hpp"
#include "bootstrap/config/options.hpp"

namespace troupe::cli {

/// Puts what was asked for into the record, which holds what is remembered, and
/// checks all of it together and against this machine. `first`: nothing is
/// remembered. The error says which flag to change; `remark` is what the user
/// may want to know though all is well.
status_result choose(const up_options& options, const cluster::layout& files,
                     bool first, cluster::cluster_record& record,
                     std::string& remark);

/// Whether a cluster that runs is what `options` asks for; the error names the
/// flag that only a stopped one heeds.
status_result check_running(const up_options& options,
                            const cluster::cluster_record& record);

} // namespace troupe::cli
