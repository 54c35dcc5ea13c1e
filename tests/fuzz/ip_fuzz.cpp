#include "messages/base/ip.hpp"

#include <cstddef>
#include <cstdint>

/// What is read, as an address or as a range, prints in the form that reads as
/// itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace troupe;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto address = ip_address::parse(text)) {
    const auto again = ip_address::parse(address->to_string());
    TROUPE_CHECK(again.has_value(), "canonical addresses are read");
    TROUPE_CHECK(*again == *address, "canonical addresses keep their value");
  }
  if (const auto range = ip_prefix::parse(text)) {
    const auto again = ip_prefix::parse(range->to_string());
    TROUPE_CHECK(again.has_value(), "canonical ranges are read");
    TROUPE_CHECK(*again == *range, "canonical ranges keep their value");
    TROUPE_CHECK(range->contains(range->first()), "a range has a first");
  }
  return 0;
}
