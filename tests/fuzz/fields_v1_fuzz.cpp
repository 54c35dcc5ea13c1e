#include "messages/codec/json.hpp"
#include "messages/codec/managed/field_set.hpp"

/// Whatever reads as FieldsV1 comes back from its own encoding.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace troupe;
  auto text =
      codec::decode_json({reinterpret_cast<const char*>(data), size}, nullptr);
  if (!text)
    return 0;
  auto set = codec::decode_fields_v1(text->doc.root());
  if (!set)
    return 0;
  auto again = codec::decode_fields_v1(codec::encode_fields_v1(*set).root());
  TROUPE_CHECK(again.has_value(), "what was encoded decodes");
  TROUPE_CHECK(*again == *set, "FieldsV1 comes back as it went");
  set->for_each([](auto& path) { codec::to_string(path); });
  return 0;
}
