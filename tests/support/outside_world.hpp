#pragma once

#include "node/sys/netns.hpp"
#include "tests/support/net_world.hpp"

namespace troupe::support {

/// Makes the test's network namespace a machine that is on two networks, with
/// the rest of the world behind the first one:
///
///     machine  eth0 198.51.100.2/24  ──  198.51.100.1, the default route
///              lan0 192.168.77.2/24  ──  192.168.77.1
///
/// The far side also has 20.0.0.1, which anybody may reach, and the private
/// 10.1.2.3; it knows no way back but to the machine's own addresses.
class outside_world {
public:
  explicit outside_world(const net_world& world);

  const sys::netns& far() const noexcept { return far_; }

private:
  sys::netns far_;
};

} // namespace troupe::support
