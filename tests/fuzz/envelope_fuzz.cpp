#include "messages/base/check.hpp"
#include "messages/protocol/envelope.hpp"

using namespace troupe;

/// Whatever decodes as an envelope survives being encoded.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  auto value = decode_envelope({reinterpret_cast<const char*>(data), size});
  if (!value)
    return 0;
  auto encoded = encode_envelope(*value);
  TROUPE_CHECK(encoded.has_value(), "what was read can be written");
  auto again = decode_envelope(*encoded);
  TROUPE_CHECK(again.has_value() && *again == *value, "an envelope survives");
  return 0;
}
