#include "messages/base/check.hpp"
#include "messages/meta/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

/// What is read prints as a time that reads as the same moment.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace troupe;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto time = meta::parse_time(text)) {
    const auto again = meta::parse_time(meta::format_time(*time));
    // An offset may carry a moment at the edge into a year that is refused.
    TROUPE_CHECK(
        !again || *again == std::chrono::floor<std::chrono::seconds>(*time),
        "printed times keep their second");
  }
  if (const auto time = meta::parse_micro_time(text)) {
    const auto again = meta::parse_micro_time(meta::format_micro_time(*time));
    TROUPE_CHECK(!again || *again == *time,
                 "printed micro times keep their microsecond");
  }
  return 0;
}
