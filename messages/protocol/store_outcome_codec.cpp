#include "messages/protocol/store_codec.hpp"
#include "messages/protocol/wire_reader.hpp"
#include "messages/protocol/wire_writer.hpp"

#include <optional>

namespace troupe::store {

namespace {

using wire::reader;
using wire::unknown_field;
using wire::writer;

// Permanent ids of the answer; 10 + n is the n-th kind of outcome.
enum : std::uint64_t {
  version_id = 1,
  compat_version_id = 2,
  committed_id = 10,
  guard_failed_id = 11,
  fenced_off_id = 12,
  outcome_compacted_id = 13,
  not_leader_id = 14,
  outcome_unknown_id = 15,
  proposal_expired_id = 16,
  overloaded_id = 17,
};

enum : std::uint64_t { first_id = 1, second_id = 2 };

/// Revision, changed, revision, changed: one pair per op.
void write_body(writer& out, const committed& value) {
  out.map(1);
  out.field(first_id);
  out.array(2 * value.ops.size());
  for (auto& [at, changed] : value.ops) {
    out.number(at.value());
    out.boolean(changed);
  }
}

void write_body(writer& out, const guard_failed& value) {
  out.map(2);
  out.field(first_id);
  out.number(value.guard);
  out.field(second_id);
  out.number(value.standing.value());
}

void write_body(writer& out, const fenced_off& value) {
  out.map(1);
  out.field(first_id);
  out.number(value.epoch.value());
}

void write_text(writer& out, const std::string& value) {
  out.map(1);
  out.field(first_id);
  out.text(std::string_view{value}.substr(0, hint_max));
}

void write_body(writer& out, const not_leader& value) {
  write_text(out, value.leader);
}

void write_body(writer& out, const overloaded& value) {
  write_text(out, value.reason);
}

/// The outcomes whose kind says it all.
template <class T>
void write_body(writer& out, const T&) {
  out.map(0);
}

committed read_committed(reader& in) {
  committed value;
  in.fields("committed", unknown_field::skip, [&](std::uint64_t id) {
    if (id != first_id)
      return false;
    auto count = in.array("committed", 2 * ops_max);
    if (count % 2 != 0)
      in.fail(errc::corrupt, "committed: a revision without its flag");
    for (std::size_t i = 0; i + 1 < count && !in.failed(); i += 2) {
      auto at = revision{in.number("committed")};
      value.ops.push_back({at, in.boolean("committed")});
    }
    return true;
  });
  return value;
}

/// The numbers of a body; those that are missing stay 0.
struct numbers {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

numbers read_numbers(reader& in) {
  numbers value;
  in.fields("outcome", unknown_field::skip, [&](std::uint64_t id) {
    if (id == first_id)
      value.first = in.number("outcome");
    else if (id == second_id)
      value.second = in.number("outcome");
    return id == first_id || id == second_id;
  });
  return value;
}

std::string read_text(reader& in) {
  std::string value;
  in.fields("outcome", unknown_field::skip, [&](std::uint64_t id) {
    if (id == first_id)
      value = in.text("outcome", hint_max);
    return id == first_id;
  });
  return value;
}

template <class T>
T read_empty(reader& in) {
  in.fields("outcome", unknown_field::skip,
            [](std::uint64_t) { return false; });
  return {};
}

guard_failed read_guard_failed(reader& in) {
  auto [guard, standing] = read_numbers(in);
  return {static_cast<std::size_t>(guard), revision{standing}};
}

std::optional<propose_outcome> read_body(reader& in, std::uint64_t id) {
  switch (id) {
    case committed_id:
      return read_committed(in);
    case guard_failed_id:
      return read_guard_failed(in);
    case fenced_off_id:
      return fenced_off{revision{read_numbers(in).first}};
    case outcome_compacted_id:
      return read_empty<outcome_compacted>(in);
    case not_leader_id:
      return not_leader{read_text(in)};
    case outcome_unknown_id:
      return read_empty<outcome_unknown>(in);
    case proposal_expired_id:
      return read_empty<proposal_expired>(in);
    case overloaded_id:
      return overloaded{read_text(in)};
    default:
      return std::nullopt;
  }
}

} // namespace

result<bytes> encode_outcome(const propose_outcome& value) {
  if (auto* x = std::get_if<committed>(&value))
    if (x->ops.size() > ops_max)
      return error{errc::too_large, "outcome: too many ops"};
  writer out;
  out.map(3);
  out.field(version_id);
  out.number(outcome_version);
  out.field(compat_version_id);
  out.number(outcome_compat_version);
  out.field(committed_id + value.index());
  std::visit([&](auto& x) { write_body(out, x); }, value);
  return std::move(out).take();
}

result<propose_outcome> decode_outcome(bytes_view data) {
  reader in{data};
  std::optional<propose_outcome> value;
  std::uint64_t compat = 0;
  in.fields("outcome", unknown_field::skip, [&](std::uint64_t id) {
    if (id == version_id) {
      in.number("outcome version");
      return true;
    }
    if (id == compat_version_id) {
      compat = in.number("outcome compat_version");
      if (compat > outcome_version)
        in.fail(errc::unsupported, "outcome: from a version too new to read");
      return true;
    }
    auto body = read_body(in, id);
    if (body)
      value = std::move(body);
    return body.has_value();
  });
  if (compat == 0 || !value)
    in.fail(errc::corrupt, "outcome: compat_version and kind are required");
  auto done = in.finish("outcome");
  if (!done)
    return done.error();
  return std::move(*value);
}

propose_outcome to_propose_outcome(apply_outcome value) {
  return std::visit([](auto&& x) -> propose_outcome { return std::move(x); },
                    std::move(value));
}

} // namespace troupe::store
