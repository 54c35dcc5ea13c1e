#include "messages/base/check.hpp"
#include "messages/meta/selector.hpp"

#include <cstddef>
#include <cstdint>

namespace {

struct column {
  std::string name;
  std::string value;
};

} // namespace

/// Both selectors take any text, and what they accept can be matched.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace troupe::meta;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const std::vector<column> labels = {{"a", "1"}, {"b", ""}};
  const std::vector<column> none;
  if (const auto selector = label_selector::parse(text)) {
    const bool matched = selector->matches(labels) && selector->matches(none);
    TROUPE_CHECK(matched || !selector->selects_everything(),
                 "a selector without requirements matches all");
  }
  if (const auto selector = field_selector::parse(text)) {
    const bool matched = selector->matches(labels) && selector->matches(none);
    TROUPE_CHECK(matched || !selector->selects_everything(),
                 "a selector without requirements matches all");
  }
  return 0;
}
