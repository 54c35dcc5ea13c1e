#include "messages/base/check.hpp"
#include "messages/codec/msgpack.hpp"
#include "tests/unit/messages/codec/json_widget.hpp"

#include <cstdint>

/// Only the one form of a document is accepted, so it packs to the same octets.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace troupe;
  const bytes_view packed{reinterpret_cast<const char*>(data), size};
  for (const auto* type : {static_cast<const schema::type_desc*>(nullptr),
                           &codec::widget::type()}) {
    auto doc = codec::decode_msgpack(packed, type);
    if (doc)
      TROUPE_CHECK(codec::encode_msgpack(doc->root(), type) == packed,
                   "a document has one packed form");
  }
  return 0;
}
