#include "messages/base/check.hpp"
#include "messages/meta/quantity.hpp"

#include <cstddef>
#include <cstdint>

/// What is read prints in a form that reads as the same number. It prints as
/// itself when the form shows its format: 62.5Ki prints as 64000, which by
/// itself is decimal and prints as 64k.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using troupe::meta::quantity;
  const auto first =
      quantity::parse({reinterpret_cast<const char*>(data), size});
  if (!first)
    return 0;
  const auto text = first->text();
  if (text.size() > quantity::text_max)
    return 0;
  const auto second = quantity::parse(text);
  TROUPE_CHECK(second.has_value(), "canonical forms are read");
  TROUPE_CHECK(*first == *second, "canonical forms keep the number");
  if (second->format() == first->format())
    TROUPE_CHECK(second->text() == text, "canonical forms are final");
  return 0;
}
