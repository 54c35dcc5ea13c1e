#include "messages/base/check.hpp"
#include "node/shim/plan.hpp"

#include <cstring>
#include <vector>

using namespace troupe;

/// Whatever a plan says, its steps lie inside it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::vector<std::uint64_t> aligned((size + 7) / 8);
  if (size > 0)
    std::memcpy(aligned.data(), data, size);
  const auto* begin = reinterpret_cast<const char*>(aligned.data());
  shim::plan_reader plan{begin, size};
  shim::step step;
  while (plan.next(step)) {
    const auto* numbers = reinterpret_cast<const char*>(step.numbers);
    TROUPE_CHECK(numbers >= begin, "numbers lie inside");
    TROUPE_CHECK(step.strings
                     == numbers + step.number_count * sizeof(std::uint64_t),
                 "strings follow the numbers");
    const char* at = step.strings;
    for (std::uint32_t i = 0; i < step.string_count; ++i)
      at += std::strlen(at) + 1;
    TROUPE_CHECK(at <= begin + size, "strings lie inside");
  }
  return 0;
}
