#include "actors/gateway/http/continue_token.hpp"
#include "messages/base/base64.hpp"
#include "messages/base/check.hpp"

#include <cstdint>

/// Any text is a token or refused; a token's own text is read back as it was.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace troupe;
  using namespace troupe::gateway;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const auto& token :
       {decode_continue(text), decode_continue(base64url_encode(text))}) {
    if (!token)
      continue;
    const auto again = decode_continue(encode_continue(*token));
    TROUPE_CHECK(!again || *again == *token, "a token survives its text");
  }
  return 0;
}
