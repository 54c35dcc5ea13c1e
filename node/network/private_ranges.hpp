#pragma once

#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "node/sys/netlink.hpp"

#include <cstdint>
#include <vector>

namespace troupe::network {

/// The metric of the routes below: any route that leads somewhere is better.
inline constexpr std::uint32_t unreachable_metric = 1U << 31;

/// Makes each range unreachable in the socket's namespace where no better
/// route takes a packet: it is answered here, and never leaves by a default
/// route. May be repeated.
status_result hold_private_ranges(sys::netlink& net,
                                  const std::vector<ip_prefix>& ranges);

} // namespace troupe::network
