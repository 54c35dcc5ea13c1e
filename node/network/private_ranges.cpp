#include "node/network/private_ranges.hpp"

namespace troupe::network {

status_result hold_private_ranges(sys::netlink& net,
                                  const std::vector<ip_prefix>& ranges) {
  for (const auto& range : ranges) {
    sys::route unreachable;
    unreachable.destination = range;
    unreachable.kind = sys::route_kind::unreachable;
    unreachable.metric = unreachable_metric;
    if (auto set = net.set_route(unreachable); !set)
      return set;
  }
  return unit{};
}

} // namespace troupe::network
