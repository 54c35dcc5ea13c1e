#include "messages/protocol/raft_codec.hpp"

#include <msgpack.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

namespace troupe::raft {

namespace {

constexpr std::uint64_t version = 1;
constexpr std::uint64_t compat_version = 1;
constexpr std::size_t envelope_fields = 8;
constexpr std::size_t body_fields_max = 64;
constexpr std::size_t nesting_max = 8;

// -- writing ------------------------------------------------------------------

class writer {
public:
  bytes take() { return std::move(out_.data); }

  void array(std::size_t n) {
    packer_.pack_array(static_cast<std::uint32_t>(n));
  }

  void put(std::uint64_t x) { packer_.pack_uint64(x); }

  void put(bool x) {
    if (x)
      packer_.pack_true();
    else
      packer_.pack_false();
  }

  void put(const std::string& x) {
    packer_.pack_str(static_cast<std::uint32_t>(x.size()));
    packer_.pack_str_body(x.data(), static_cast<std::uint32_t>(x.size()));
  }

  void put(const shared_bytes& x) {
    if (!x) {
      packer_.pack_nil();
      return;
    }
    packer_.pack_bin(static_cast<std::uint32_t>(x->size()));
    packer_.pack_bin_body(x->data(), static_cast<std::uint32_t>(x->size()));
  }

  template <class T, class Tag>
  void put(const strong<T, Tag>& x) {
    put(x.value());
  }

  void put(const log_position& x) {
    put(x.index);
    put(x.term);
  }

  void put(const entry& x) {
    array(4);
    put(x.at);
    put(static_cast<std::uint64_t>(x.kind));
    put(x.payload);
  }

private:
  struct sink {
    bytes data;

    void write(const char* from, std::size_t n) { data.append(from, n); }
  };

  sink out_;
  msgpack::packer<sink> packer_{out_};
};

void put_body(writer& w, const vote_request& x) {
  w.array(4);
  w.put(x.last);
  w.put(x.pre_vote);
  w.put(x.transfer);
}

void put_body(writer& w, const vote_response& x) {
  w.array(2);
  w.put(x.pre_vote);
  w.put(x.granted);
}

void put_body(writer& w, const append_request& x) {
  w.array(4);
  w.put(x.previous);
  w.put(x.commit);
  w.array(x.entries.size());
  for (const auto& e : x.entries)
    w.put(e);
}

void put_body(writer& w, const append_accepted& x) {
  w.array(1);
  w.put(x.match);
}

void put_body(writer& w, const append_rejected& x) {
  w.array(4);
  w.put(x.previous);
  w.put(x.hint);
  w.put(x.suspect);
}

void put_body(writer& w, const heartbeat& x) {
  w.array(2);
  w.put(x.commit);
  w.put(x.context);
}

void put_body(writer& w, const heartbeat_response& x) {
  w.array(1);
  w.put(x.context);
}

void put_body(writer& w, const read_request& x) {
  w.array(1);
  w.put(x.context);
}

void put_body(writer& w, const read_response& x) {
  w.array(3);
  w.put(x.context);
  w.put(x.index);
  w.put(x.served);
}

void put_body(writer& w, const snapshot_chunk& x) {
  w.array(5);
  w.put(x.at);
  w.put(x.offset);
  w.put(x.last);
  w.put(x.data);
}

void put_body(writer& w, const snapshot_ack& x) {
  w.array(2);
  w.put(x.index);
  w.put(x.offset);
}

void put_body(writer& w, const timeout_now&) {
  w.array(0);
}

void put_body(writer& w, const tail_request&) {
  w.array(0);
}

void put_body(writer& w, const tail_response& x) {
  w.array(2);
  w.put(x.last);
}

// -- reading ------------------------------------------------------------------

/// Takes fields off an array one by one. The first failure sticks; what is
/// read after it is empty.
class reader {
public:
  /// `parent` is where a failure inside a nested array is told; null for none.
  explicit reader(const msgpack::object& x, std::size_t fields_min,
                  reader* parent = nullptr)
      : parent_(parent) {
    if (x.type != msgpack::type::ARRAY || x.via.array.size < fields_min)
      fail(errc::corrupt, "expected an array of known length");
    else
      array_ = &x.via.array;
  }

  const msgpack::object* next() {
    if (failure_ || at_ >= array_->size) {
      fail(errc::corrupt, "a field is missing");
      return nullptr;
    }
    return &array_->ptr[at_++];
  }

  std::uint64_t number() {
    const auto* x = next();
    if (x && x->type == msgpack::type::POSITIVE_INTEGER)
      return x->via.u64;
    fail(errc::corrupt, "expected an unsigned integer");
    return 0;
  }

  bool flag() {
    const auto* x = next();
    if (x && x->type == msgpack::type::BOOLEAN)
      return x->via.boolean;
    fail(errc::corrupt, "expected a boolean");
    return false;
  }

  shared_bytes octets() {
    const auto* x = next();
    if (x && x->type == msgpack::type::NIL)
      return nullptr;
    if (x && x->type == msgpack::type::BIN)
      return make_shared_bytes(bytes{x->via.bin.ptr, x->via.bin.size});
    fail(errc::corrupt, "expected octets or nil");
    return nullptr;
  }

  member_id member() {
    const auto* x = next();
    if (!x || x->type != msgpack::type::STR || x->via.str.size == 0) {
      fail(errc::corrupt, "expected a member's name");
      return {};
    }
    if (x->via.str.size > member_id_length_max) {
      fail(errc::too_large, "a member's name is longer than its limit");
      return {};
    }
    return member_id{std::string{x->via.str.ptr, x->via.str.size}};
  }

  log_index index() { return log_index{number()}; }

  raft::term term() { return raft::term{number()}; }

  read_context context() { return read_context{number()}; }

  log_position position() {
    const auto i = index();
    return {i, term()};
  }

  /// How many fields are left.
  std::size_t left() const { return failure_ ? 0 : array_->size - at_; }

  void fail(errc code, const char* what) {
    if (!failure_)
      failure_ = error{code, std::string{"raft message: "} + what};
    if (parent_)
      parent_->fail(code, what);
  }

  const std::optional<error>& failure() const { return failure_; }

private:
  reader* parent_;
  const msgpack::object_array* array_ = nullptr;
  std::uint32_t at_ = 0;
  std::optional<error> failure_;
};

entry get_entry(reader& entries) {
  const auto* x = entries.next();
  if (!x)
    return {};
  reader r{*x, 4, &entries};
  entry e;
  e.at = r.position();
  const auto kind = r.number();
  if (kind > static_cast<std::uint64_t>(entry_kind::command))
    r.fail(errc::unsupported, "unknown kind of entry");
  e.kind = static_cast<entry_kind>(kind);
  e.payload = r.octets();
  if ((e.kind == entry_kind::command) != (e.payload != nullptr))
    r.fail(errc::corrupt, "a payload belongs to commands and only to them");
  return e;
}

append_request get_append(reader& r) {
  append_request x;
  x.previous = r.position();
  x.commit = r.index();
  const auto* list = r.next();
  if (!list)
    return x;
  reader entries{*list, 0, &r};
  if (entries.left() > message_entries_max)
    entries.fail(errc::too_large, "too many entries");
  auto last = x.previous;
  while (entries.left() > 0) {
    auto e = get_entry(entries);
    if (e.at.index != last.index.next() || e.at.term < last.term)
      entries.fail(errc::corrupt, "entries do not follow each other");
    last = e.at;
    x.entries.push_back(std::move(e));
  }
  return x;
}

snapshot_chunk get_chunk(reader& r) {
  snapshot_chunk x;
  x.at = r.position();
  x.offset = r.number();
  x.last = r.flag();
  x.data = r.octets();
  return x;
}

message_body get_body(std::uint64_t kind, const msgpack::object& x,
                      std::optional<error>& failure) {
  // Braced initialisers run left to right, so the fields keep their order.
  reader r{x, 0};
  const auto get = [&]() -> message_body {
    switch (kind) {
      case 0:
        return vote_request{r.position(), r.flag(), r.flag()};
      case 1:
        return vote_response{r.flag(), r.flag()};
      case 2:
        return get_append(r);
      case 3:
        return append_accepted{r.index()};
      case 4:
        return append_rejected{r.index(), r.position(), r.flag()};
      case 5:
        return heartbeat{r.index(), r.context()};
      case 6:
        return heartbeat_response{r.context()};
      case 7:
        return read_request{r.context()};
      case 8:
        return read_response{r.context(), r.index(), r.flag()};
      case 9:
        return get_chunk(r);
      case 10:
        return snapshot_ack{r.index(), r.number()};
      case 11:
        return timeout_now{};
      case 12:
        return tail_request{};
      case 13:
        return tail_response{r.position()};
      default:
        r.fail(errc::unsupported, "unknown kind");
        return timeout_now{};
    }
  };
  auto body = get();
  failure = r.failure();
  return body;
}

result<message> get_message(const msgpack::object& x) {
  reader r{x, envelope_fields};
  r.number(); // the writer's version: only its compat_version binds us
  if (r.number() > version)
    r.fail(errc::unsupported, "written by a version this one cannot read");
  message m;
  m.group = group_id{r.number()};
  m.term = r.term();
  m.from = r.member();
  m.to = r.member();
  const auto kind = r.number();
  const auto* body = r.next();
  if (r.failure())
    return *r.failure();
  std::optional<error> failure;
  m.body = get_body(kind, *body, failure);
  if (failure)
    return *failure;
  return m;
}

} // namespace

bytes encode(const message& m) {
  TROUPE_CHECK(!m.from.value().empty(), "a message has a sender");
  TROUPE_CHECK(!m.to.value().empty(), "a message has a receiver");
  writer w;
  w.array(envelope_fields);
  w.put(version);
  w.put(compat_version);
  w.put(m.group);
  w.put(m.term);
  w.put(m.from);
  w.put(m.to);
  w.put(std::uint64_t{m.body.index()});
  std::visit([&](const auto& body) { put_body(w, body); }, m.body);
  return w.take();
}

result<message> decode(bytes_view data) {
  if (data.size() > message_bytes_max)
    return error{errc::too_large, "raft message: larger than its limit"};
  const msgpack::unpack_limit limits{message_entries_max + body_fields_max,
                                     0,
                                     member_id_length_max,
                                     message_bytes_max,
                                     0,
                                     nesting_max};
  // msgpack reports malformed input by throwing; it ends here.
  try {
    std::size_t offset = 0;
    const auto handle = msgpack::unpack(data.data(), data.size(), offset,
                                        nullptr, nullptr, limits);
    if (offset != data.size())
      return error{errc::corrupt, "raft message: octets after its end"};
    return get_message(handle.get());
  } catch (const msgpack::size_overflow&) {
    return error{errc::too_large, "raft message: a part is past its limit"};
  } catch (const std::exception&) {
    return error{errc::corrupt, "raft message: not msgpack"};
  }
}

} // namespace troupe::raft
