#include "messages/base/check.hpp"
#include "messages/codec/msgpack.hpp"
#include "messages/codec/protobuf.hpp"
#include "tests/unit/messages/codec/json_widget.hpp"

#include <cstdint>

/// What is decoded can be stored and comes back equal.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace troupe;
  const auto* type = &codec::widget::type();
  auto first =
      codec::decode_protobuf({reinterpret_cast<const char*>(data), size},
                             [&](auto, auto) { return type; });
  if (!first)
    return 0;
  const auto packed = codec::encode_msgpack(first->doc.root(), type);
  auto second = codec::decode_msgpack(packed, type);
  TROUPE_CHECK(second.has_value(), "what is packed can be unpacked");
  TROUPE_CHECK(codec::encode_msgpack(second->root(), type) == packed,
               "a round trip changes nothing");
  return 0;
}
