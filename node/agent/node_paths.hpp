#pragma once

#include <string>

namespace troupe::agent {

/// Where a node keeps what; `root` is a directory of its own.
///
///     records/<uid>.json   what only the agent knew about a pod
///     records/<uid>.pod    the pod as it was last seen
///     pods/<uid>/          sandbox/, netns, etc/, volumes/, containers/
///     logs/                as kubelet's /var/log/pods
///     network/             addresses of pods
///     seccomp/             profiles of type Localhost, the user's own
class node_paths {
public:
  explicit node_paths(std::string root) : root_(std::move(root)) {}

  const std::string& root() const noexcept { return root_; }

  std::string records() const { return root_ + "/records"; }

  std::string record(const std::string& uid) const {
    return records() + "/" + uid + ".json";
  }

  std::string manifest(const std::string& uid) const {
    return records() + "/" + uid + ".pod";
  }

  std::string pods() const { return root_ + "/pods"; }

  std::string pod(const std::string& uid) const { return pods() + "/" + uid; }

  std::string sandbox(const std::string& uid) const {
    return pod(uid) + "/sandbox";
  }

  std::string netns(const std::string& uid) const {
    return pod(uid) + "/netns";
  }

  std::string etc(const std::string& uid) const { return pod(uid) + "/etc"; }

  std::string containers(const std::string& uid) const {
    return pod(uid) + "/containers";
  }

  std::string container(const std::string& uid, const std::string& id) const {
    return containers(uid) + "/" + id;
  }

  std::string logs() const { return root_ + "/logs"; }

  std::string network() const { return root_ + "/network"; }

  std::string seccomp() const { return root_ + "/seccomp"; }

private:
  std::string root_;
};

} // namespace troupe::agent
