#include "messages/protocol/node_io.hpp"

#include "messages/protocol/wire_fields.hpp"
#include "messages/protocol/wire_reader.hpp"

namespace troupe::node_io {

namespace {

using wire::field_writer;
using wire::reader;
using wire::unknown_field;

constexpr std::size_t name_max = 253;
constexpr std::size_t arguments_max = 4096;
constexpr std::size_t argument_max = 128 * 1024;

// Permanent ids; a retired one is never used again.
enum : std::uint64_t { ns_id = 1, pod_id, pod_uid_id, container_id };

enum : std::uint64_t {
  from_id = 1,
  follow_id,
  previous_id,
  timestamps_id,
  tail_lines_id,
  limit_octets_id,
  since_id,
};

enum : std::uint64_t {
  in_id = 1,
  command_id,
  stdin_id,
  stdout_id,
  stderr_id,
  tty_id,
};

bytes encode(const container_ref& value) {
  field_writer out;
  out.text(ns_id, value.ns);
  out.text(pod_id, value.pod);
  out.text(pod_uid_id, value.pod_uid);
  out.text(container_id, value.container);
  return std::move(out).take();
}

std::string* field_of(container_ref& value, std::uint64_t id) {
  switch (id) {
    case ns_id:
      return &value.ns;
    case pod_id:
      return &value.pod;
    case pod_uid_id:
      return &value.pod_uid;
    case container_id:
      return &value.container;
    default:
      return nullptr;
  }
}

container_ref read_container(reader& in) {
  container_ref value;
  in.fields("container", unknown_field::skip, [&](std::uint64_t id) {
    auto* field = field_of(value, id);
    if (field != nullptr)
      *field = in.text("container", name_max);
    return field != nullptr;
  });
  return value;
}

/// A number of lines or octets.
std::optional<std::int64_t> read_count(reader& in, std::string_view what) {
  auto value = in.signed_number(what);
  if (value < 0)
    in.fail(errc::corrupt, std::string{what} + ": negative");
  return value;
}

bool read_field(reader& in, std::uint64_t id, log_request& value) {
  switch (id) {
    case from_id:
      value.from = read_container(in);
      return true;
    case follow_id:
      value.follow = in.boolean("follow");
      return true;
    case previous_id:
      value.previous = in.boolean("previous");
      return true;
    case timestamps_id:
      value.timestamps = in.boolean("timestamps");
      return true;
    case tail_lines_id:
      value.tail_lines = read_count(in, "tail lines");
      return true;
    case limit_octets_id:
      value.limit_octets = read_count(in, "limit");
      return true;
    case since_id:
      value.since = wall_time{duration{in.signed_number("since")}};
      return true;
    default:
      return false;
  }
}

std::vector<std::string> read_command(reader& in) {
  std::vector<std::string> value;
  auto count = in.array("command", arguments_max);
  for (std::size_t i = 0; i < count && !in.failed(); ++i)
    value.emplace_back(in.text("command", argument_max));
  return value;
}

bool read_field(reader& in, std::uint64_t id, command_request& value) {
  switch (id) {
    case in_id:
      value.in = read_container(in);
      return true;
    case command_id:
      value.command = read_command(in);
      return true;
    case stdin_id:
      value.stdin_ = in.boolean("stdin");
      return true;
    case stdout_id:
      value.stdout_ = in.boolean("stdout");
      return true;
    case stderr_id:
      value.stderr_ = in.boolean("stderr");
      return true;
    case tty_id:
      value.tty = in.boolean("tty");
      return true;
    default:
      return false;
  }
}

template <class T>
result<T> decode(bytes_view data, std::string_view what) {
  return wire::read_message<T>(data, what,
                               [](reader& in, std::uint64_t id, T& value) {
                                 return read_field(in, id, value);
                               });
}

} // namespace

bytes encode(const log_request& value) {
  field_writer out;
  out.encoded(from_id, encode(value.from));
  out.boolean(follow_id, value.follow);
  out.boolean(previous_id, value.previous);
  out.boolean(timestamps_id, value.timestamps);
  out.signed_number(tail_lines_id, value.tail_lines);
  out.signed_number(limit_octets_id, value.limit_octets);
  if (value.since)
    out.signed_number(since_id, value.since->time_since_epoch().count());
  return std::move(out).take();
}

bytes encode(const command_request& value) {
  field_writer out;
  out.encoded(in_id, encode(value.in));
  out.list(command_id, value.command,
           [](wire::writer& to, const std::string& one) { to.text(one); });
  out.boolean(stdin_id, value.stdin_);
  out.boolean(stdout_id, value.stdout_);
  out.boolean(stderr_id, value.stderr_);
  out.boolean(tty_id, value.tty);
  return std::move(out).take();
}

result<log_request> decode_log_request(bytes_view data) {
  return decode<log_request>(data, "log request");
}

result<command_request> decode_command_request(bytes_view data) {
  return decode<command_request>(data, "command request");
}

} // namespace troupe::node_io
