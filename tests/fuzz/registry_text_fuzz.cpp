#include "messages/base/check.hpp"
#include "node/image/image_user.hpp"
#include "node/image/registry_text.hpp"

#include <cstddef>
#include <cstdint>

/// The headers and small bodies of a registry, and an image's account files:
/// the first octet splits the text where a reader takes two.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace troupe::image;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const auto& each : parse_challenges(text))
    TROUPE_CHECK(!each.scheme.empty(), "challenges have a scheme");
  static_cast<void>(registry_error_text(text));
  if (const auto token = parse_token(text))
    TROUPE_CHECK(token->find('\n') == token->npos, "tokens fit a header");
  if (const auto range = parse_content_range(text))
    TROUPE_CHECK(range->first <= range->last, "ranges ascend");
  if (const auto url = parse_base_url(text))
    TROUPE_CHECK(*parse_base_url(url->text()) == *url, "URLs read back");
  if (size > 0) {
    const auto cut = data[0] % size;
    static_cast<void>(
        resolve_user(text.substr(1, cut % 16), text, text.substr(cut)));
  }
  return 0;
}
