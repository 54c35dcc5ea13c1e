#include "messages/base/check.hpp"
#include "messages/codec/json.hpp"
#include "messages/codec/json_syntax.hpp"
#include "tests/unit/messages/codec/json_widget.hpp"

#include <cstdint>

namespace {

using namespace troupe;

/// The parser and the scanner that explains its refusals agree on what JSON is.
/// Only ranges and limits make the parser refuse more.
void agree(bytes_view text) {
  const auto got = codec::decode_json(text, nullptr);
  const auto fault = codec::json_syntax_fault(text);
  if (got)
    TROUPE_CHECK(!fault, "what is decoded has no syntax fault");
  else if (got.error().code == errc::invalid_argument && !fault)
    TROUPE_CHECK(got.error().message.starts_with("json: "),
                 "what has no syntax fault is refused for a value");
  else if (got.error().code == errc::invalid_argument)
    TROUPE_CHECK(got.error().message == *fault, "the fault is told");
}

/// What is decoded is written, and reads as the same text again.
void round_trip(bytes_view text, const schema::type_desc* type) {
  auto first = codec::decode_json(text, type);
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
  agree(text);
  round_trip(text, nullptr);
  round_trip(text, &codec::widget::type());
  return 0;
}
