#include "messages/protocol/replica_message.hpp"

#include "messages/protocol/raft_codec.hpp"
#include "messages/protocol/store_codec.hpp"
#include "messages/protocol/wire_reader.hpp"
#include "messages/protocol/wire_writer.hpp"

namespace troupe::state {

namespace {

using wire::reader;
using wire::unknown_field;
using wire::writer;

// Permanent ids; a retired one is never used again.
enum : std::uint64_t {
  group_id = 1,
  from_id = 2,
  to_id = 3,
  life_id = 4,
  items_id = 5,
  // Of a request alone.
  term_id = 6,
  number_id = 7,
};

enum : std::uint64_t { tag_id = 1, deadline_id = 2, payload_id = 3 };

enum : std::uint64_t {
  outcome_tag_id = 1,
  applied_id = 2,
  outcome_id = 3,
  outcome_number_id = 4,
};

/// An outcome names as many revisions as its command has ops.
constexpr std::size_t outcome_max = 128 * 1024;

void write_item(writer& out, const forwarded_command& item) {
  out.map(3);
  out.field(tag_id);
  out.number(item.tag);
  out.field(deadline_id);
  out.signed_number(item.deadline.time_since_epoch().count());
  out.field(payload_id);
  out.octets(*item.payload);
}

void write_item(writer& out, const forwarded_outcome& item) {
  out.map(4);
  out.field(outcome_tag_id);
  out.number(item.tag);
  out.field(applied_id);
  out.number(item.applied.value());
  out.field(outcome_id);
  // Too large for its codec, it is as good as lost.
  auto made = store::encode_outcome(item.outcome);
  out.octets(made ? *made : *store::encode_outcome(store::outcome_unknown{}));
  out.field(outcome_number_id);
  out.number(item.number);
}

template <class Message, class Items>
writer write(const Message& m, const Items& items, std::uint64_t kind,
             std::size_t fields) {
  writer out;
  out.number(kind);
  out.map(fields);
  out.field(group_id);
  out.number(m.group.value());
  out.field(from_id);
  out.text(m.from.value());
  out.field(to_id);
  out.text(m.to.value());
  out.field(life_id);
  out.number(m.life);
  out.field(items_id);
  out.array(items.size());
  for (const auto& item : items)
    write_item(out, item);
  return out;
}

void read_item(reader& in, forwarded_command& item) {
  in.fields("forwarded command", unknown_field::skip, [&](std::uint64_t id) {
    switch (id) {
      case tag_id:
        item.tag = in.number("tag");
        return true;
      case deadline_id:
        item.deadline = wall_time{duration{in.signed_number("deadline")}};
        return true;
      case payload_id:
        item.payload =
            make_shared_bytes(bytes{in.octets("command", store::command_max)});
        return true;
      default:
        return false;
    }
  });
  if (!in.failed() && !item.payload)
    in.fail(errc::corrupt, "forwarded command: no payload");
}

void read_item(reader& in, forwarded_outcome& item) {
  bytes_view outcome;
  in.fields("forwarded outcome", unknown_field::skip, [&](std::uint64_t id) {
    switch (id) {
      case outcome_tag_id:
        item.tag = in.number("tag");
        return true;
      case applied_id:
        item.applied = raft::log_index{in.number("applied")};
        return true;
      case outcome_id:
        outcome = in.octets("outcome", outcome_max);
        return true;
      case outcome_number_id:
        item.number = in.number("number");
        return true;
      default:
        return false;
    }
  });
  if (in.failed())
    return;
  auto read = store::decode_outcome(outcome);
  if (!read)
    return in.fail(read.error().code, read.error().message);
  item.outcome = std::move(*read);
}

raft::member_id read_member(reader& in) {
  return raft::member_id{
      std::string{in.text("member", raft::member_id_length_max)}};
}

bool read_more(reader& in, std::uint64_t id, forward_request& m) {
  switch (id) {
    case term_id:
      m.term = raft::term{in.number("term")};
      return true;
    case number_id:
      m.number = in.number("number");
      return true;
    default:
      return false;
  }
}

bool read_more(reader&, std::uint64_t, forward_answer&) {
  return false;
}

template <class Message, class Items>
result<replica_message> read(bytes_view data, Items Message::*items) {
  reader in{data};
  Message m;
  in.fields("forward", unknown_field::skip, [&](std::uint64_t id) {
    switch (id) {
      case group_id:
        m.group = raft::group_id{in.number("group")};
        return true;
      case from_id:
        m.from = read_member(in);
        return true;
      case to_id:
        m.to = read_member(in);
        return true;
      case life_id:
        m.life = in.number("life");
        return true;
      case items_id: {
        const auto count = in.array("forwards", forwards_max);
        for (std::size_t i = 0; i < count && !in.failed(); ++i)
          read_item(in, (m.*items).emplace_back());
        return true;
      }
      default:
        return read_more(in, id, m);
    }
  });
  if (auto done = in.finish("forward"); !done)
    return done.error();
  return replica_message{std::move(m)};
}

enum : std::uint64_t { raft_kind = 0, request_kind = 1, answer_kind = 2 };

struct encoder {
  bytes operator()(const raft::message& m) const {
    bytes out(1, '\0');
    static_assert(raft_kind == 0, "one octet is the kind");
    out += raft::encode(m);
    return out;
  }

  bytes operator()(const forward_request& m) const {
    auto out = write(m, m.commands, request_kind, 7);
    out.field(term_id);
    out.number(m.term.value());
    out.field(number_id);
    out.number(m.number);
    return std::move(out).take();
  }

  bytes operator()(const forward_answer& m) const {
    return write(m, m.outcomes, answer_kind, 5).take();
  }
};

} // namespace

const raft::member_id& sender_of(const replica_message& m) {
  return std::visit(
      [](const auto& x) -> auto& { return x.from; }, m);
}

const raft::member_id& receiver_of(const replica_message& m) {
  return std::visit(
      [](const auto& x) -> auto& { return x.to; }, m);
}

bytes encode(const replica_message& m) {
  return std::visit(encoder{}, m);
}

result<replica_message> decode_replica_message(bytes_view data) {
  if (data.empty())
    return error{errc::corrupt, "replica message: empty"};
  const auto rest = data.substr(1);
  switch (static_cast<unsigned char>(data.front())) {
    case raft_kind: {
      auto m = raft::decode(rest);
      if (!m)
        return m.error();
      return replica_message{std::move(*m)};
    }
    case request_kind:
      return read(rest, &forward_request::commands);
    case answer_kind:
      return read(rest, &forward_answer::outcomes);
    default:
      return error{errc::unsupported, "replica message: unknown kind"};
  }
}

} // namespace troupe::state
