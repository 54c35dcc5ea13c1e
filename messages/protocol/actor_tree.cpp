#include "messages/protocol/actor_tree.hpp"

#include "messages/protocol/wire_fields.hpp"
#include "messages/protocol/wire_reader.hpp"

namespace troupe::actor_tree {

namespace {

using wire::field_writer;
using wire::reader;
using wire::unknown_field;

constexpr std::size_t word_max = 64;

// Permanent ids; a retired one is never used again.
enum : std::uint64_t { verb_id = 1, address_id };

enum : std::uint64_t { outcome_id = 1, rows_id, more_id };

enum : std::uint64_t {
  row_address_id = 1,
  kind_id,
  state_id,
  restarts_id,
  waiting_id,
  handled_id,
  dropped_id,
  uptime_id,
};

bytes encode(const row& value) {
  field_writer out;
  out.text(row_address_id, value.address);
  out.text(kind_id, value.kind);
  out.text(state_id, value.state);
  out.number(restarts_id, value.restarts);
  out.number(waiting_id, value.waiting);
  out.number(handled_id, value.handled);
  out.number(dropped_id, value.dropped);
  out.number(uptime_id, static_cast<std::uint64_t>(value.uptime.count()));
  return std::move(out).take();
}

duration read_duration(reader& in) {
  const auto value = in.number("uptime");
  if (value > static_cast<std::uint64_t>(duration::max().count()))
    in.fail(errc::corrupt, "uptime: out of range");
  return in.failed() ? duration{} : duration{static_cast<std::int64_t>(value)};
}

bool read_field(reader& in, std::uint64_t id, row& value) {
  switch (id) {
    case row_address_id:
      value.address = in.text("address", address_max);
      return true;
    case kind_id:
      value.kind = in.text("kind", word_max);
      return true;
    case state_id:
      value.state = in.text("state", word_max);
      return true;
    case restarts_id:
      value.restarts = in.number("restarts");
      return true;
    case waiting_id:
      value.waiting = in.number("waiting");
      return true;
    case handled_id:
      value.handled = in.number("handled");
      return true;
    case dropped_id:
      value.dropped = in.number("dropped");
      return true;
    case uptime_id:
      value.uptime = read_duration(in);
      return true;
    default:
      return false;
  }
}

/// A number that this version has a name for.
template <class Enum>
Enum read_choice(reader& in, std::string_view what, Enum last) {
  const auto value = in.number(what);
  if (value == 0 || value > static_cast<std::uint64_t>(last)) {
    in.fail(errc::unsupported, std::string{what} + ": unknown number");
    return last;
  }
  return static_cast<Enum>(value);
}

bool read_field(reader& in, std::uint64_t id, request& value) {
  switch (id) {
    case verb_id:
      value.verb = read_choice(in, "verb", verb::kill);
      return true;
    case address_id:
      value.address = in.text("address", address_max);
      return true;
    default:
      return false;
  }
}

bool read_field(reader& in, std::uint64_t id, answer& value) {
  switch (id) {
    case outcome_id:
      value.outcome = read_choice(in, "outcome", outcome::down);
      return true;
    case rows_id: {
      const auto count = in.array("rows", rows_max);
      for (std::size_t i = 0; i < count && !in.failed(); ++i) {
        auto& one = value.rows.emplace_back();
        in.fields("row", unknown_field::skip, [&](std::uint64_t field) {
          return read_field(in, field, one);
        });
      }
      return true;
    }
    case more_id:
      value.more = in.boolean("more");
      return true;
    default:
      return false;
  }
}

template <class T>
result<T> decode(bytes_view data, std::string_view what) {
  if (data.size() > packet_max)
    return error{errc::too_large, std::string{what} + ": too large"};
  return wire::read_message<T>(data, what,
                               [](reader& in, std::uint64_t id, T& value) {
                                 return read_field(in, id, value);
                               });
}

} // namespace

bytes encode(const request& value) {
  field_writer out;
  out.number(verb_id, static_cast<std::uint64_t>(value.verb));
  out.text(address_id, value.address);
  return std::move(out).take();
}

bytes encode(const answer& value) {
  field_writer out;
  out.number(outcome_id, static_cast<std::uint64_t>(value.outcome));
  out.list(rows_id, value.rows,
           [](wire::writer& to, const row& one) { to.encoded(encode(one)); });
  out.boolean(more_id, value.more);
  return std::move(out).take();
}

result<request> decode_request(bytes_view data) {
  return decode<request>(data, "actor tree request");
}

result<answer> decode_answer(bytes_view data) {
  return decode<answer>(data, "actor tree answer");
}

} // namespace troupe::actor_tree
