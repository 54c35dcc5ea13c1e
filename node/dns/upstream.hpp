#pragma once

#include "messages/base/ip.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace troupe::dns {

/// Another server, for names that are not the cluster's.
struct upstream {
  ip_address address;
  std::uint16_t port = 53;
  friend bool operator==(const upstream&, const upstream&) = default;
};

/// The nameservers of a resolv.conf, three at most, without `own`: who asks
/// itself never hears the end of it. Lines that make no sense are skipped.
/// Pure.
std::vector<upstream> read_upstreams(std::string_view resolv_conf,
                                     const std::vector<ip_address>& own);

} // namespace troupe::dns
