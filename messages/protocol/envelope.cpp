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
  correlation_id_id = 6,
  deadline_id = 7,
  trace_id_id = 8,
  type_id = 9,
  payload_id = 10,
};

/// Fields that every envelope carries.
constexpr std::uint64_t required =
    1 << version_id | 1 << compat_version_id | 1 << cluster_uid_id
    | 1 << sender_id | 1 << incarnation_id | 1 << type_id | 1 << payload_id;

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
    case correlation_id_id:
      value.correlation_id = in.number("correlation id");
      return true;
    case deadline_id:
      value.deadline = wall_time{duration{in.signed_number("deadline")}};
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

status_result check_limits(const envelope& value) {
  if (value.cluster_uid.empty() || value.sender.empty())
    return error{errc::invalid_argument,
                 "envelope: cluster uid and sender are required"};
  if (value.cluster_uid.size() > cluster_uid_max
      || value.sender.size() > address_max)
    return error{errc::too_large, "envelope: cluster uid or sender too long"};
  if (value.payload.size() > payload_max)
    return error{errc::too_large, "envelope: payload too large"};
  return unit{};
}

void write_optional_fields(wire::writer& out, const envelope& value) {
  if (value.correlation_id != 0) {
    out.field(correlation_id_id);
    out.number(value.correlation_id);
  }
  if (value.deadline) {
    out.field(deadline_id);
    out.signed_number(value.deadline->time_since_epoch().count());
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
  out.map(7 + (value.correlation_id != 0) + value.deadline.has_value()
          + (value.trace != trace_id{}));
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
  if (value.cluster_uid.empty() || value.sender.empty())
    return error{errc::corrupt, "envelope: no cluster uid or no sender"};
  return value;
}

} // namespace troupe
