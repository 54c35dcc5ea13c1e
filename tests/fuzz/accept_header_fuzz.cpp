#include "actors/gateway/http/media_type.hpp"
#include "messages/base/check.hpp"

#include <cstdint>

/// Any Accept header yields a bounded list, most wanted first.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace troupe::gateway;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto ranges = parse_accept(text);
  TROUPE_CHECK(ranges.size() <= accept_ranges_max, "ranges are bounded");
  for (std::size_t i = 1; i < ranges.size(); ++i)
    TROUPE_CHECK(ranges[i - 1].quality >= ranges[i].quality,
                 "ranges are ordered by quality");
  for (const auto& range : ranges) {
    TROUPE_CHECK(range.quality > 0 && range.quality <= 1000,
                 "a quality is in (0, 1]");
    TROUPE_CHECK(range.matches(range.full()) || range.type == "*"
                     || range.subtype == "*",
                 "a type is in its own range");
  }
  return 0;
}
