#pragma once

#include "messages/base/ip.hpp"
#include "node/sys/netns.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::support {

/// Takes the test's thread into a network and a mount namespace of its own,
/// with a scratch directory: nothing it makes is seen outside, and all of it
/// goes with it. One at a time; needs root.
class net_world {
public:
  net_world();
  ~net_world();

  net_world(const net_world&) = delete;
  net_world& operator=(const net_world&) = delete;

  /// A path in the scratch directory.
  std::string operator/(std::string_view name) const;

private:
  std::string directory_;
};

/// How one side fared when it wanted to reach another.
enum class reach {
  reached,
  unreachable, ///< told so by a router or by its own host
  silent,      ///< nothing came back in time
};

/// Sends an echo request from inside and waits for its answer.
reach ping(const sys::netns& from, const ip_address& to);

/// Connects over TCP to a listener made inside `at` on this address, and sends
/// an octet through.
reach connect_tcp(const sys::netns& from, const sys::netns& at,
                  const ip_address& to, std::uint16_t port);

} // namespace troupe::support
