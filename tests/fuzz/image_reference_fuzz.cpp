#include "messages/base/check.hpp"
#include "node/image/reference.hpp"

#include <cstddef>
#include <cstdint>

/// What is read is written in two forms that read as the same thing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using troupe::image::parse_reference;
  const auto first =
      parse_reference({reinterpret_cast<const char*>(data), size});
  if (!first)
    return 0;
  const auto again = parse_reference(first->normalised());
  TROUPE_CHECK(again.has_value(), "normalised names are read");
  TROUPE_CHECK(again->normalised() == first->normalised(),
               "normalised names are final");
  const auto familiar = parse_reference(first->familiar());
  TROUPE_CHECK(familiar.has_value(), "familiar names are read");
  TROUPE_CHECK(*familiar == *first, "familiar names say the same");
  return 0;
}
