#include "messages/base/check.hpp"
#include "messages/protocol/store_codec.hpp"

using namespace troupe;

/// Whatever decodes as a command or an outcome encodes again, and from then on
/// its octets stand.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  bytes_view input{reinterpret_cast<const char*>(data), size};
  if (auto command = store::decode_command(input)) {
    auto once = store::encode_command(*command);
    TROUPE_CHECK(once.has_value(), "what was read can be written");
    auto again = store::decode_command(*once);
    TROUPE_CHECK(again.has_value(), "what was written can be read");
    TROUPE_CHECK(*store::encode_command(*again) == *once,
                 "the encoding is canonical");
  }
  if (auto outcome = store::decode_outcome(input)) {
    auto once = store::encode_outcome(*outcome);
    TROUPE_CHECK(once.has_value(), "what was read can be written");
    auto again = store::decode_outcome(*once);
    TROUPE_CHECK(again.has_value() && *again == *outcome,
                 "an outcome survives");
  }
  return 0;
}
