#pragma once

#include "messages/base/result.hpp"

#include <string>
#include <vector>

namespace troupe::cluster {

/// What decides where clusters are kept by default.
struct user_environment {
  bool root = false;
  std::string home;           ///< $HOME
  std::string xdg_state_home; ///< $XDG_STATE_HOME
};

/// The environment of this process.
user_environment this_user();

/// The directory that holds a directory per cluster: /var/lib/troupe for root,
/// else $XDG_STATE_HOME/troupe, else ~/.local/state/troupe. Fails when there
/// is neither variable.
result<std::string> default_base(const user_environment& user);

/// Where a cluster keeps what; every path is absolute.
///
///     cluster.json     uid, port: what `up` needs to go on
///     kubeconfig       for the administrator
///     lock             held by the supervisor
///     pki/             the cluster's authority and certificates
///     bus/             identities on the bus, and its server's settings
///     state/<member>/  log and snapshots of a replica; pods of a node
///     images/          layers and blobs, shared by the nodes
///     log/             supervisor.log, <process>.log
///     run/             what runs now, and its sockets; netns/ pins the lab's
///                      namespaces
class layout {
public:
  explicit layout(std::string root) : root_(std::move(root)) {}

  const std::string& root() const noexcept { return root_; }

  std::string cluster_file() const { return root_ + "/cluster.json"; }

  std::string kubeconfig() const { return root_ + "/kubeconfig"; }

  std::string lock_file() const { return root_ + "/lock"; }

  std::string pki() const { return root_ + "/pki"; }

  std::string bus() const { return root_ + "/bus"; }

  /// Settings, certificate and key of one server's part of the bus.
  std::string bus_config(const std::string& server) const {
    return bus() + "/" + server + ".conf";
  }

  std::string bus_certificate(const std::string& server) const {
    return bus() + "/" + server + ".crt";
  }

  std::string bus_key(const std::string& server) const {
    return bus() + "/" + server + ".key";
  }

  /// The log that nats-server keeps itself, beside what it says at its start.
  std::string bus_log(const std::string& server) const {
    return log_of("nats-server-" + server);
  }

  std::string images() const { return root_ + "/images"; }

  std::string state() const { return root_ + "/state"; }

  std::string state_of(const std::string& member) const {
    return state() + "/" + member;
  }

  std::string logs() const { return root_ + "/log"; }

  std::string log_of(const std::string& process) const {
    return logs() + "/" + process + ".log";
  }

  std::string run() const { return root_ + "/run"; }

  std::string run_file() const { return run() + "/supervisor.json"; }

private:
  std::string root_;
};

/// The layout of cluster `name` below `base`, or below the default base when
/// `base` is empty.
result<layout> find_layout(const std::string& base, const std::string& name);

/// The names of the clusters below `base` (or the default), sorted; also of
/// those whose first `up` did not get far.
result<std::vector<std::string>> list_clusters(const std::string& base);

} // namespace troupe::cluster
