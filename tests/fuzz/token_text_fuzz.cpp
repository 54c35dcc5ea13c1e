#include "actors/gateway/access/token_text.hpp"
#include "messages/base/base64.hpp"
#include "messages/base/check.hpp"

#include <cstdint>

namespace {

/// Signs nothing: what matters here is the text.
class no_key final : public troupe::signing_key {
public:
  const std::string& id() const override { return id_; }

  troupe::bytes sign(troupe::bytes_view) const override {
    return troupe::bytes(64, 's');
  }

  bool verify(troupe::bytes_view, troupe::bytes_view) const override {
    return false;
  }

  const point& public_point() const override { return point_; }

private:
  std::string id_ = "k";
  point point_;
};

} // namespace

/// Any text is a token or refused; what a token says survives being written.
/// The text is tried as it is, and as claims of a token that is well formed.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace troupe;
  using namespace troupe::gateway;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto wrapped = "e30." + base64url_encode(text) + ".c2ln";
  for (const std::string_view each : {text, std::string_view{wrapped}}) {
    const auto token = parse_token(each);
    if (!token)
      continue;
    const auto written = compose_token(token->claims, no_key{});
    const auto again = parse_token(written);
    TROUPE_CHECK(again || again.error().code == errc::too_large,
                 "what was read can be written");
    TROUPE_CHECK(!again || again->claims == token->claims,
                 "claims survive their text");
  }
  return 0;
}
