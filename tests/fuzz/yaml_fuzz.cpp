#include "messages/base/check.hpp"
#include "messages/codec/yaml.hpp"
#include "tests/unit/messages/codec/json_widget.hpp"

#include <cstdint>

namespace {

using namespace troupe;

/// What is decoded is written, and reads as the same text again.
void round_trip(bytes_view text, const schema::type_desc* type) {
  auto first = codec::decode_yaml(text, type);
  if (!first)
    return;
  const auto json = codec::encode_json(first->doc.root(), type);
  auto second = codec::decode_json(json, type, {.size_max = SIZE_MAX});
  TROUPE_CHECK(second.has_value(), "what is written can be read");
  TROUPE_CHECK(codec::encode_json(second->doc.root(), type) == json,
               "a round trip changes nothing");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const bytes_view text{reinterpret_cast<const char*>(data), size};
  round_trip(text, nullptr);
  round_trip(text, &codec::widget::type());
  return 0;
}
