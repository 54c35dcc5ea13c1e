#include "messages/protocol/store_codec.hpp"

#include "messages/base/overload.hpp"
#include "messages/protocol/store_columns_codec.hpp"

#include <algorithm>

namespace troupe::store {

namespace {

using wire::reader;
using wire::unknown_field;
using wire::writer;

// Permanent ids; a retired one is never used again.
enum command_id : std::uint64_t {
  version_id = 1,
  proposal_id_ = 2,
  raise_fence_id = 3,
  compact_id = 4,
};

enum proposal_field : std::uint64_t {
  id_id = 1,
  deadline_id = 2,
  fence_id = 3,
  guards_id = 4,
  ops_id = 5,
};

enum guard_id : std::uint64_t {
  key_absent_id = 1,
  key_at_revision_id = 2,
  key_has_uid_id = 3,
  key_present_id = 4,
  namespace_active_id = 5,
};

enum op_id : std::uint64_t { put_id = 1, erase_id = 2 };

/// Fields of guards, ops, fences and compactions: the first names what is
/// meant, the others say more about it.
enum part_id : std::uint64_t { subject_id = 1, second_id = 2, third_id = 3 };

// -- writing ------------------------------------------------------------------

void write_subject(writer& out, bytes_view name) {
  out.field(subject_id);
  out.octets(name);
}

/// {1: name, 2: number}
void write_named_number(writer& out, bytes_view name, revision number) {
  out.map(2);
  write_subject(out, name);
  out.field(second_id);
  out.number(number.value());
}

void write_name(writer& out, bytes_view name) {
  out.map(1);
  write_subject(out, name);
}

void write_guard(writer& out, const guard& value) {
  out.map(1);
  out.field(value.index() + 1);
  std::visit(overload{
                 [&](const key_absent& x) { write_name(out, x.key); },
                 [&](const key_at_revision& x) {
                   write_named_number(out, x.key, x.at);
                 },
                 [&](const key_has_uid& x) {
                   out.map(2);
                   write_subject(out, x.key);
                   out.field(second_id);
                   out.text(x.uid);
                 },
                 [&](const key_present& x) { write_name(out, x.key); },
                 [&](const namespace_active& x) { write_name(out, x.name); },
             },
             value);
}

void write_op(writer& out, const op& value) {
  out.map(1);
  out.field(value.index() + 1);
  if (auto* x = std::get_if<erase>(&value)) {
    write_name(out, x->key);
    return;
  }
  auto& x = std::get<put>(value);
  out.map(3);
  write_subject(out, x.key);
  out.field(second_id);
  out.octets(*x.value);
  out.field(third_id);
  write_columns(out, x.columns);
}

template <class T, class F>
void write_list(writer& out, std::uint64_t id, const std::vector<T>& list,
                F&& write) {
  if (list.empty())
    return;
  out.field(id);
  out.array(list.size());
  for (auto& x : list)
    write(out, x);
}

void write_proposal(writer& out, const proposal& value) {
  out.map(2 + value.fence.has_value() + !value.guards.empty()
          + !value.ops.empty());
  out.field(id_id);
  auto& id = value.id.value();
  out.octets({reinterpret_cast<const char*>(id.data()), id.size()});
  out.field(deadline_id);
  out.signed_number(value.deadline.time_since_epoch().count());
  if (value.fence) {
    out.field(fence_id);
    write_named_number(out, value.fence->name, value.fence->epoch);
  }
  write_list(out, guards_id, value.guards, write_guard);
  write_list(out, ops_id, value.ops, write_op);
}

// -- limits -------------------------------------------------------------------

bool fits(bytes_view name, std::size_t max) {
  return !name.empty() && name.size() <= max;
}

bool fits(const guard& value) {
  return std::visit(
      overload{
          [](const namespace_active& x) { return fits(x.name, key_max); },
          [](const key_has_uid& x) {
            return fits(x.key, key_max) && x.uid.size() <= uid_max;
          },
          [](const auto& x) { return fits(x.key, key_max); },
      },
      value);
}

bool fits(const op& value) {
  if (auto* x = std::get_if<erase>(&value))
    return fits(x->key, key_max);
  auto& x = std::get<put>(value);
  return fits(x.key, key_max) && x.value != nullptr
         && x.value->size() <= value_max && within_limits(x.columns);
}

template <class T>
bool all_fit(const std::vector<T>& list) {
  return std::all_of(list.begin(), list.end(),
                     [](const T& x) { return fits(x); });
}

status_result check_limits(const proposal& value) {
  if (value.guards.size() > guards_max || value.ops.size() > ops_max)
    return error{errc::too_large, "proposal: too many guards or ops"};
  if (value.fence && !fits(value.fence->name, fence_name_max))
    return error{errc::invalid_argument, "proposal: fence name"};
  if (!all_fit(value.guards))
    return error{errc::invalid_argument,
                 "proposal: a guard's key is empty or too long"};
  if (!all_fit(value.ops))
    return error{errc::invalid_argument,
                 "proposal: an op's key, value or columns are absent or too "
                 "large"};
  return unit{};
}

status_result check_limits(const raise_fence& value) {
  if (!fits(value.name, fence_name_max))
    return error{errc::invalid_argument, "raise_fence: name"};
  return unit{};
}

status_result check_limits(const compact&) {
  return unit{};
}

// -- reading ------------------------------------------------------------------

/// {1: name} with at most one more part, which `read` reads.
template <class F>
std::string read_named(reader& in, std::string_view what, std::size_t max,
                       F&& read) {
  std::string name;
  in.fields(what, unknown_field::refuse, [&](std::uint64_t id) {
    if (id != subject_id)
      return read(id);
    name = in.octets(what, max);
    return true;
  });
  if (name.empty())
    in.fail(errc::corrupt, std::string{what} + ": no name");
  return name;
}

std::string read_name(reader& in, std::string_view what) {
  return read_named(in, what, key_max, [](std::uint64_t) { return false; });
}

/// {1: name, 2: number}
template <class T>
T read_named_number(reader& in, std::string_view what, std::size_t max) {
  revision number;
  auto name = read_named(in, what, max, [&](std::uint64_t id) {
    if (id == second_id)
      number = revision{in.number(what)};
    return id == second_id;
  });
  return T{std::move(name), number};
}

key_has_uid read_uid_guard(reader& in) {
  key_has_uid value;
  value.key = read_named(in, "guard", key_max, [&](std::uint64_t id) {
    if (id == second_id)
      value.uid = in.text("uid", uid_max);
    return id == second_id;
  });
  return value;
}

guard read_guard(reader& in) {
  guard value;
  in.tagged("guard", [&](std::uint64_t id) {
    switch (id) {
      case key_absent_id:
        value = key_absent{read_name(in, "guard")};
        return true;
      case key_at_revision_id:
        value = read_named_number<key_at_revision>(in, "guard", key_max);
        return true;
      case key_has_uid_id:
        value = read_uid_guard(in);
        return true;
      case key_present_id:
        value = key_present{read_name(in, "guard")};
        return true;
      case namespace_active_id:
        value = namespace_active{read_name(in, "guard")};
        return true;
      default:
        return false;
    }
  });
  return value;
}

put read_put(reader& in) {
  put value;
  value.key = read_named(in, "put", key_max, [&](std::uint64_t id) {
    if (id == second_id)
      value.value = make_shared_bytes(bytes{in.octets("value", value_max)});
    else if (id == third_id)
      value.columns = read_columns(in);
    return id == second_id || id == third_id;
  });
  if (value.value == nullptr)
    in.fail(errc::corrupt, "put: no value");
  return value;
}

op read_op(reader& in) {
  op value = erase{};
  in.tagged("op", [&](std::uint64_t id) {
    if (id == put_id)
      value = read_put(in);
    else if (id == erase_id)
      value = erase{read_name(in, "erase")};
    return id == put_id || id == erase_id;
  });
  return value;
}

template <class F>
auto read_list(reader& in, std::string_view what, std::size_t max, F&& read) {
  std::vector<decltype(read(in))> list;
  auto count = in.array(what, max);
  for (std::size_t i = 0; i < count && !in.failed(); ++i)
    list.push_back(read(in));
  return list;
}

proposal_id read_proposal_id(reader& in) {
  proposal_id::value_type id{};
  auto octets = in.octets("proposal id", id.size());
  if (octets.size() != id.size())
    in.fail(errc::corrupt, "proposal id: expected 16 octets");
  std::copy(octets.begin(), octets.end(), id.begin());
  return proposal_id{id};
}

bool read_proposal_field(reader& in, std::uint64_t id, proposal& value) {
  switch (id) {
    case id_id:
      value.id = read_proposal_id(in);
      return true;
    case deadline_id:
      value.deadline = wall_time{duration{in.signed_number("deadline")}};
      return true;
    case fence_id:
      value.fence = read_named_number<fence>(in, "fence", fence_name_max);
      return true;
    case guards_id:
      value.guards = read_list(in, "guards", guards_max, read_guard);
      return true;
    case ops_id:
      value.ops = read_list(in, "ops", ops_max, read_op);
      return true;
    default:
      return false;
  }
}

proposal read_proposal(reader& in) {
  proposal value;
  std::uint64_t seen = 0;
  in.fields("proposal", unknown_field::refuse, [&](std::uint64_t id) {
    seen += id == id_id || id == deadline_id;
    return read_proposal_field(in, id, value);
  });
  if (seen != 2)
    in.fail(errc::corrupt, "proposal: id and deadline are required");
  return value;
}

compact read_compact(reader& in) {
  compact value;
  in.fields("compact", unknown_field::refuse, [&](std::uint64_t id) {
    if (id == subject_id)
      value.up_to = revision{in.number("compact")};
    return id == subject_id;
  });
  return value;
}

bool read_command_field(reader& in, std::uint64_t id,
                        std::optional<command>& value) {
  if (value)
    in.fail(errc::corrupt, "command: more than one body");
  switch (id) {
    case proposal_id_:
      value = read_proposal(in);
      return true;
    case raise_fence_id:
      value = read_named_number<raise_fence>(in, "raise_fence", fence_name_max);
      return true;
    case compact_id:
      value = read_compact(in);
      return true;
    default:
      return false;
  }
}

} // namespace

result<bytes> encode_command(const command& value) {
  auto limits = std::visit([](auto& x) { return check_limits(x); }, value);
  if (!limits)
    return limits.error();
  writer out;
  out.map(2);
  out.field(version_id);
  out.number(command_version);
  out.field(proposal_id_ + value.index());
  std::visit(overload{
                 [&](const proposal& x) { write_proposal(out, x); },
                 [&](const raise_fence& x) {
                   write_named_number(out, x.name, x.epoch);
                 },
                 [&](const compact& x) {
                   out.map(1);
                   out.field(subject_id);
                   out.number(x.up_to.value());
                 },
             },
             value);
  auto data = std::move(out).take();
  if (data.size() > command_max)
    return error{errc::too_large, "command: too large for the log"};
  return data;
}

result<command> decode_command(bytes_view data) {
  if (data.size() > command_max)
    return error{errc::too_large, "command: too large for the log"};
  reader in{data};
  std::optional<command> value;
  std::uint64_t version = 0;
  in.fields("command", unknown_field::refuse, [&](std::uint64_t id) {
    if (id == version_id) {
      version = in.number("command version");
      if (!in.failed() && version != command_version)
        in.fail(errc::unsupported,
                "command: unknown version " + std::to_string(version));
      return true;
    }
    return read_command_field(in, id, value);
  });
  if (version == 0 || !value)
    in.fail(errc::corrupt, "command: version and body are required");
  auto done = in.finish("command");
  if (!done)
    return done.error();
  return std::move(*value);
}

} // namespace troupe::store
