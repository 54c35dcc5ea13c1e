#include "messages/base/check.hpp"
#include "runtime/bus/subject.hpp"

using namespace troupe;

/// A subject has one spelling: whatever parses is written the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto value = bus::parse_subject(text);
  if (value)
    TROUPE_CHECK(bus::to_string(*value) == text, "a subject survives");
  return 0;
}
