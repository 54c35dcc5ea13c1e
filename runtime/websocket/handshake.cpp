#include "runtime/websocket/handshake.hpp"

#include "messages/base/base64.hpp"
#include "messages/base/check.hpp"

#include <openssl/evp.h>

namespace troupe::websocket {

std::optional<std::string> accept_key(std::string_view client_key) {
  constexpr std::size_t nonce_size = 16;
  const auto nonce = base64_decode(client_key);
  if (!nonce || nonce->size() != nonce_size)
    return std::nullopt;
  std::string text{client_key};
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  TROUPE_CHECK(
      EVP_Digest(text.data(), text.size(), digest, &length, EVP_sha1(), nullptr)
          == 1,
      "SHA-1 is there for what is no secret");
  return base64_encode({reinterpret_cast<const char*>(digest), length});
}

} // namespace troupe::websocket
