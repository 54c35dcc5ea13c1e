#include "messages/codec/patch/untyped.hpp"

#include <limits>

namespace troupe::codec {

result<document> to_untyped(const document& object,
                            const encode_options& options) {
  // What is in a document already passed the limits of its own decoding.
  json_limits limits;
  limits.size_max = std::numeric_limits<std::size_t>::max();
  auto text = encode_json(object.root(), object.type(), options);
  auto value = decode_json(text, nullptr, limits);
  if (!value)
    return std::move(value.error());
  return std::move(value->doc);
}

result<decoded> from_untyped(const node& value, const schema::type_desc& type,
                             const json_limits& limits) {
  return decode_json(encode_json(value, nullptr), &type, limits);
}

} // namespace troupe::codec
