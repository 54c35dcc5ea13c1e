#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace troupe::testing {

/// What a run of the binary left.
struct outcome {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// A private directory for clusters, and the real binary pointed at it. Every
/// cluster in it is taken down at the end.
class cluster_under_test {
public:
  cluster_under_test();
  ~cluster_under_test();

  cluster_under_test(const cluster_under_test&) = delete;
  cluster_under_test& operator=(const cluster_under_test&) = delete;

  /// What TROUPE_UPLINK is in every run; empty: unset. Only a test that is in
  /// a network of its own may change it.
  std::string uplink = "none";

  /// Runs `troupe` with the arguments.
  outcome run(const std::vector<std::string>& arguments) const;

  /// Starts `troupe` with the arguments as a child of this process: its pid.
  /// What it says is in `file`.
  int start(const std::vector<std::string>& arguments,
            const std::string& file) const;

  /// `troupe status`, decoded.
  nlohmann::json status(const std::string& name = "default") const;

  /// Pid of the cluster's server, or 0.
  int server_pid() const;
  int supervisor_pid() const;

  const std::string& directory() const { return directory_; }

  /// HOME of every run.
  const std::string& home() const { return home_; }

  std::string path(const std::string& below) const {
    return directory_ + "/" + below;
  }

  /// Asks the API with the administrator's certificate: the body.
  std::string api(const std::string& method, const std::string& path,
                  const std::string& body = "") const;

  /// Processes whose command line names the directory.
  std::vector<int> processes() const;

private:
  std::string command(const std::vector<std::string>& arguments) const;

  std::string home_; ///< and place of each run's output
  std::string directory_;
};

/// How the child ends: its exit code, or minus the signal; nothing when it runs
/// on for 30 s.
std::optional<int> end_of(int pid);

/// Looks until `condition` holds; false when 30 s pass first.
bool eventually(const std::function<bool()>& condition);

} // namespace troupe::testing
