#pragma once

#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <cstdint>

namespace troupe::process {

struct listening_socket {
  unique_fd fd;
  std::uint16_t port = 0; ///< the one it got
};

/// Listens on 127.0.0.1; port 0 picks a free one. `conflict` when the port is
/// taken, `permission_denied` when it is privileged.
result<listening_socket> listen_on_loopback(std::uint16_t port);

} // namespace troupe::process
