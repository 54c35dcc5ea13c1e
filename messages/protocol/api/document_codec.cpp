#include "messages/protocol/api/document_codec.hpp"

#include "messages/base/check.hpp"
#include "messages/codec/msgpack.hpp"
#include "messages/schema/registry.hpp"

namespace troupe::api_call {

namespace {

// Permanent ids; a retired one is never used again.
enum : std::uint64_t { type_name_id = 1, octets_id };

} // namespace

void write_object(wire::field_writer& out, std::uint64_t id,
                  const shared_document& value) {
  if (value == nullptr)
    return;
  TROUPE_CHECK(value->type() != nullptr, "an object on the bus has a type");
  wire::field_writer object;
  object.text(type_name_id, value->type()->name);
  object.octets(octets_id, codec::encode_msgpack(value->root(), value->type()));
  out.encoded(id, std::move(object).take());
}

shared_document read_object(wire::reader& in) {
  std::string_view type_name;
  bytes_view octets;
  in.fields("object", wire::unknown_field::skip, [&](std::uint64_t id) {
    if (id == type_name_id)
      type_name = in.text("object type", name_max);
    else if (id == octets_id)
      octets = in.octets("object", object_octets_max);
    else
      return false;
    return true;
  });
  if (in.failed())
    return nullptr;
  const auto* type = schema::find_type(type_name);
  if (type == nullptr) {
    in.fail(errc::unsupported, "object: of a type unknown here");
    return nullptr;
  }
  auto document = codec::decode_msgpack(octets, type);
  if (!document) {
    in.fail(document.error().code, "object: " + document.error().message);
    return nullptr;
  }
  return std::make_shared<const codec::document>(std::move(*document));
}

} // namespace troupe::api_call
