#include "messages/base/check.hpp"
#include "node/sandbox/seccomp_filter.hpp"

#include <linux/filter.h>

using namespace troupe::sandbox;

/// No text breaks the reader, and what is read becomes a filter that the
/// kernel takes, or none.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto profile =
      parse_seccomp_profile({reinterpret_cast<const char*>(data), size});
  if (!profile)
    return 0;
  const std::uint64_t all = ~std::uint64_t{0};
  for (const auto capabilities : {std::uint64_t{0}, all}) {
    TROUPE_CHECK(select_rules(*profile, capabilities, {6, 1}).size()
                     <= profile->rules.size(),
                 "rules are chosen, not made");
    const auto filter = profile_filter(*profile, capabilities, {6, 1});
    if (filter) {
      TROUPE_CHECK(!filter->empty(), "a filter has an end");
      TROUPE_CHECK(filter->size() <= BPF_MAXINSNS, "filters are limited");
    }
  }
  return 0;
}
