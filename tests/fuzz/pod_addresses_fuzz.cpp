#include "messages/base/crc32c.hpp"
#include "node/network/address_pool.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <set>

/// Lines with the checksum that goes with them: what is read is a pool in
/// which no address has two pods, and is written as it was read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace troupe;
  using network::address_pool;
  const bytes body{reinterpret_cast<const char*>(data), size};
  char sum[16];
  std::snprintf(sum, sizeof sum, "sum %08x\n", crc32c(body));
  const std::vector ranges{*ip_prefix::parse("10.244.3.0/24"),
                           *ip_prefix::parse("fd00:3::/64")};
  auto pool = address_pool::decode(ranges, body + sum);
  if (!pool)
    return 0;
  std::set<ip_address> seen;
  for (const auto& [uid, addresses] : pool->pods())
    for (const auto& address : addresses)
      TROUPE_CHECK(seen.insert(address).second, "an address has one pod");
  const auto again = address_pool::decode(ranges, pool->encode());
  TROUPE_CHECK(again.has_value(), "what was written is read");
  TROUPE_CHECK(*again == *pool, "what was written is what is read");
  if (const auto fresh = pool->reserve("fresh-pod"))
    for (const auto& address : *fresh)
      TROUPE_CHECK(body.find("fresh-pod") != bytes::npos
                       || !seen.contains(address),
                   "a free address is free");
  return 0;
}
