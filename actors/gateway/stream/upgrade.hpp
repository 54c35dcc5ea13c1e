#pragma once

#include "actors/gateway/stream/channels.hpp"
#include "messages/api/options.hpp"
#include "runtime/port/http_port.hpp"

namespace troupe::gateway {

/// How a client's request to change protocols is granted.
struct upgrade_choice {
  http_headers headers; ///< of the 101
  std::unique_ptr<channels> protocol;
  bool ready = false; ///< the client has nothing to open first
};

/// The best of what the client offers: over WebSocket v5, then v4; over SPDY
/// v4. Refuses what asks for no upgrade (400) or offers nothing spoken here
/// (403).
api::parsed<upgrade_choice>
choose_upgrade(const http_request& request,
               const node_io::command_request& command);

} // namespace troupe::gateway
