#pragma once

#include "bootstrap/cluster/cluster_file.hpp"
#include "bootstrap/cluster/layout.hpp"
#include "bootstrap/config/options.hpp"
#include "bootstrap/process/socket.hpp"
#include "node/sys/unique_fd.hpp"

namespace troupe::cli {

/// A cluster's directory, locked, with everything its processes need.
struct prepared_cluster {
  cluster::cluster_record record;
  unique_fd lock;
  unique_fd listen;
  std::vector<unique_fd> published; ///< sockets of the record's ports
  std::string remark; ///< what the user may want to know; often empty
};

/// Makes or completes the directory, ends what an earlier supervisor left,
/// opens the API's port and writes certificates and kubeconfig. `conflict`
/// with an empty message: the cluster's lock is held, it is being run. After
/// any failure nothing is left of a cluster that was not there before.
result<prepared_cluster> prepare_cluster(const up_options& options,
                                         const cluster::layout& files);

/// Adds the cluster's access to the files of the user's that `options` names,
/// and remembers them in cluster.json. Returns the record as it is then.
result<cluster::cluster_record> share_access(const up_options& options,
                                             const cluster::layout& files,
                                             cluster::cluster_record record);

} // namespace troupe::cli
