#pragma once

#include "bootstrap/pki/pki.hpp"
#include "tests/bench/state/clients.hpp"

#include <optional>
#include <string>

namespace troupe::bench {

/// One etcd member with TLS for its clients, as Kubernetes runs it, and its own
/// client (etcd_client, of Go) as a program.
class etcd_world {
public:
  /// Fails, having said why, where etcd or Go is missing.
  static std::optional<etcd_world> start(const pki::credential& authority,
                                         const std::string& directory);

  std::vector<pid_t> servers() const { return {server_.pid()}; }

  process start_client(std::size_t number, const load& share,
                       const std::string& file) const;

private:
  std::string directory_;
  std::string client_;
  std::string endpoint_;
  process server_;
};

} // namespace troupe::bench
