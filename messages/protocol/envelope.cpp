#include "messages/protocol/envelope.hpp"

#include "messages/protocol/wire_reader.hpp"
#include "messages/protocol/wire_writer.hpp"

#include <algorithm>
#include <limits>

namespace troupe {

namespace {

// Permanent ids; a retired one is never used again.
enum : std::uint64_t {
  version_id = 1,
  compat_version_id = 2,
  cluster_uid_id = 3,
  sender_id = 4,
  incarnation_id = 5,
  recipient_id = 6,
  recipient_incarnation_id = 7,
  correlation_id_id = 8,
  time_left_id = 9,
  trace_id_id = 10,
  type_id = 11,
  payload_id = 12,
};

/// Fields that every envelope carries.
constexpr std::uint64_t required = 1 << version_id | 1 << compat_version_id
                                   | 1 << cluster_uid_id | 1 << sender_id
                                   | 1 << incarnation_id | 1 << recipient_id
                                   | 1 << type_id | 1 << payload_id;

std::uint32_t read_u32(wire::reader& in, std::string_view what) {
  auto value = in.number(what);
  if (value > std::numeric_limits<std::uint32_t>::max())
    in.fail(errc::out_of_range, std::string{what} + ": integer too large");
  return static_cast<std::uint32_t>(value);
}

std::uint32_t read_compat_version(wire::reader& in) {
  auto value = read_u32(in, "envelope compat_version");
  if (value > envelope_version)
    in.fail(errc::unsupported, "envelope: from a version too new to read");
  return value;
}

duration read_time_left(wire::reader& in) {
  auto value = in.signed_number("time left");
  if (value < 0)
    in.fail(errc::corrupt, "time left: negative");
  return duration{value};
}

trace_id read_trace_id(wire::reader& in) {
  trace_id value{};
  auto octets = in.octets("trace id", value.size());
  if (octets.size() != value.size())
    in.fail(errc::corrupt, "trace id: expected 16 octets");
  std::copy(octets.begin(), octets.end(), value.begin());
  return value;
}

bool read_field(wire::reader& in, std::uint64_t id, envelope& value) {
  switch (id) {
    case version_id:
      value.version = read_u32(in, "envelope version");
      return true;
    case compat_version_id:
      value.compat_version = read_compat_version(in);
      return true;
    case cluster_uid_id:
      value.cluster_uid = in.text("cluster uid", cluster_uid_max);
      return true;
    case sender_id:
      value.sender = in.text("sender", address_max);
      return true;
    case incarnation_id:
      value.incarnation = in.number("incarnation");
      return true;
    case recipient_id:
      value.recipient = in.text("recipient", address_max);
      return true;
    case recipient_incarnation_id:
      value.recipient_incarnation = in.number("recipient incarnation");
      return true;
    case correlation_id_id:
      value.correlation_id = in.number("correlation id");
      return true;
    case time_left_id:
      value.time_left = read_time_left(in);
      return true;
    case trace_id_id:
      value.trace = read_trace_id(in);
      return true;
    case type_id:
      value.type = message_type{read_u32(in, "message type")};
      return true;
    case payload_id:
      value.payload = in.octets("payload", payload_max);
      return true;
    default:
      return false;
  }
}

bool has_nameless(const envelope& value) {
  return value.cluster_uid.empty() || value.sender.empty()
         || value.recipient.empty();
}

status_result check_limits(const envelope& value) {
  if (has_nameless(value))
    return error{errc::invalid_argument,
                 "envelope: cluster uid, sender and recipient are required"};
  if (value.time_left && *value.time_left < duration::zero())
    return error{errc::invalid_argument, "envelope: negative time left"};
  if (value.cluster_uid.size() > cluster_uid_max
      || value.sender.size() > address_max
      || value.recipient.size() > address_max)
    return error{errc::too_large, "envelope: cluster uid or address too long"};
  if (value.payload.size() > payload_max)
    return error{errc::too_large, "envelope: payload too large"};
  return unit{};
}

std::size_t count_optional_fields(const envelope& value) {
  return (value.recipient_incarnation != 0) + (value.correlation_id != 0)
         + value.time_left.has_value() + (value.trace != trace_id{});
}

void write_optional_fields(wire::writer& out, const envelope& value) {
  if (value.recipient_incarnation != 0) {
    out.field(recipient_incarnation_id);
    out.number(value.recipient_incarnation);
  }
  if (value.correlation_id != 0) {
    out.field(correlation_id_id);
    out.number(value.correlation_id);
  }
  if (value.time_left) {
    out.field(time_left_id);
    out.signed_number(value.time_left->count());
  }
  if (value.trace != trace_id{}) {
    out.field(trace_id_id);
    out.octets({reinterpret_cast<const char*>(value.trace.data()),
                value.trace.size()});
  }
}

} // namespace

result<bytes> encode_envelope(const envelope& value) {
  auto limits = check_limits(value);
  if (!limits)
    return limits.error();
  wire::writer out;
  out.map(8 + count_optional_fields(value));
  out.field(version_id);
  out.number(value.version);
  out.field(compat_version_id);
  out.number(value.compat_version);
  out.field(cluster_uid_id);
  out.text(value.cluster_uid);
  out.field(sender_id);
  out.text(value.sender);
  out.field(incarnation_id);
  out.number(value.incarnation);
  out.field(recipient_id);
  out.text(value.recipient);
  write_optional_fields(out, value);
  out.field(type_id);
  out.number(static_cast<std::uint32_t>(value.type));
  out.field(payload_id);
  out.octets(value.payload);
  return std::move(out).take();
}

result<envelope> decode_envelope(bytes_view data) {
  wire::reader in{data};
  envelope value;
  std::uint64_t seen = 0;
  in.fields("envelope", wire::unknown_field::skip, [&](std::uint64_t id) {
    auto known = read_field(in, id, value);
    seen |= known ? std::uint64_t{1} << id : 0;
    return known;
  });
  if ((seen & required) != required)
    in.fail(errc::corrupt, "envelope: a required field is missing");
  auto done = in.finish("envelope");
  if (!done)
    return done.error();
  if (has_nameless(value))
    return error{errc::corrupt,
                 "envelope: no cluster uid, sender or recipient"};
  return value;
}

} // namespace troupe
