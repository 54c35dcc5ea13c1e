#pragma once

#include "bootstrap/pki/pki.hpp"
#include "tests/bench/state/clients.hpp"

#include <optional>
#include <string>

namespace troupe::bench {

/// Members of etcd with TLS for its clients, as Kubernetes runs it, and its own
/// client (etcd_client, of Go) as a program.
class etcd_world {
public:
  /// Fails, having said why, where etcd or Go is missing.
  static std::optional<etcd_world> start(const pki::credential& authority,
                                         std::size_t members,
                                         const std::string& directory);

  std::vector<pid_t> servers() const;

  process start_client(std::size_t number, const load& share,
                       const std::string& file) const;

private:
  std::string directory_;
  std::string client_;
  std::string endpoints_; ///< comma-separated
  std::vector<process> servers_;
};

} // namespace troupe::bench
