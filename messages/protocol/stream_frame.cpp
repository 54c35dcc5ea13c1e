#include "messages/protocol/stream_frame.hpp"

#include "messages/protocol/envelope.hpp"
#include "messages/protocol/wire_fields.hpp"
#include "messages/protocol/wire_reader.hpp"

#include <limits>

namespace troupe {

namespace {

// Permanent ids; a retired one is never used again.
enum : std::uint64_t {
  kind_id = 1,
  to_opener_id,
  sequence_id,
  consumed_id,
  type_id,
  text_id,
  data_id,
};

frame_kind read_kind(wire::reader& in) {
  auto value = in.number("frame kind");
  if (value < static_cast<std::uint64_t>(frame_kind::open)
      || value > static_cast<std::uint64_t>(frame_kind::unknown))
    in.fail(errc::unsupported, "frame kind: unknown");
  return static_cast<frame_kind>(value);
}

message_type read_type(wire::reader& in) {
  auto value = in.number("frame type");
  if (value > std::numeric_limits<std::uint32_t>::max())
    in.fail(errc::out_of_range, "frame type: integer too large");
  return message_type{static_cast<std::uint32_t>(value)};
}

bool read_field(wire::reader& in, std::uint64_t id, stream_frame& value) {
  switch (id) {
    case kind_id:
      value.kind = read_kind(in);
      return true;
    case to_opener_id:
      value.to_opener = in.boolean("frame side");
      return true;
    case sequence_id:
      value.sequence = in.number("frame sequence");
      return true;
    case consumed_id:
      value.consumed = in.number("frame consumed");
      return true;
    case type_id:
      value.type = read_type(in);
      return true;
    case text_id:
      value.text = in.text("frame text", frame_text_max);
      return true;
    case data_id:
      value.data = in.octets("frame data", payload_max);
      return true;
    default:
      return false;
  }
}

} // namespace

bytes encode_frame(const stream_frame& value) {
  wire::field_writer out;
  out.number(kind_id, static_cast<std::uint64_t>(value.kind));
  out.boolean(to_opener_id, value.to_opener);
  out.number(sequence_id, value.sequence);
  out.number(consumed_id, value.consumed);
  out.number(type_id, static_cast<std::uint32_t>(value.type));
  out.text(text_id, std::string_view{value.text}.substr(0, frame_text_max));
  out.octets(data_id, value.data);
  return std::move(out).take();
}

result<stream_frame> decode_frame(bytes_view data) {
  wire::reader in{data};
  stream_frame value;
  bool has_kind = false;
  in.fields("frame", wire::unknown_field::skip, [&](std::uint64_t id) {
    has_kind = has_kind || id == kind_id;
    return read_field(in, id, value);
  });
  if (!has_kind)
    in.fail(errc::corrupt, "frame: no kind");
  auto done = in.finish("frame");
  if (!done)
    return done.error();
  return value;
}

} // namespace troupe
