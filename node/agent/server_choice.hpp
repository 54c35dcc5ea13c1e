#pragma once

#include "runtime/port/messenger.hpp"

#include <string>

namespace troupe::agent {

/// Where the API is reached when no server is known to be good.
inline constexpr const char* any_gateway = "/server/any/gateway";

/// The server that an agent asks: the one that last answered, until something
/// that was asked of it fails; then whichever the bus picks. So a server that
/// is gone is left at once, and so is one that is there but cut off from the
/// others. Pure.
class server_choice {
public:
  /// Whom to ask next.
  std::string address() const;

  /// It answered as a server does that works.
  void answered(const bus_peer& server);

  /// What was asked at `address` found no such server.
  void failed(const std::string& address);

private:
  std::string name_; ///< empty: any
};

} // namespace troupe::agent
