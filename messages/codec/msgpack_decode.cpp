#include "messages/base/utf8.hpp"
#include "messages/codec/msgpack.hpp"

#include <bit>
#include <limits>
#include <optional>

namespace troupe::codec {

using schema::cardinality;
using schema::field_desc;
using schema::type_desc;
using schema::value_type;

namespace {

enum class token_kind { nil, boolean, integer, real, str, bin, array, map };

/// The head of one value: its number, or its length.
struct token {
  token_kind kind = token_kind::nil;
  std::int64_t integer = 0;
  double real = 0;
  std::uint32_t length = 0;
};

/// What to make of a value without a descriptor.
enum class untyped { json, unknown };

/// Formats as in the msgpack specification; only the shortest is accepted.
class unpacker {
public:
  unpacker(document& doc, bytes_view data, const msgpack_limits& limits)
      : doc_{doc}, data_{data}, limits_{limits} {}

  node* root(const type_desc* type);

  error failure() const {
    return failure_.value_or(error{errc::corrupt, "msgpack: malformed"});
  }

private:
  bool head(token& out);
  bool number_head(unsigned char lead, token& out);
  bool length_head(unsigned char lead, token& out);
  std::optional<std::uint64_t> big_endian(unsigned width);
  bool integer(std::optional<std::uint64_t> value, std::uint64_t floor,
               token& out);
  bool negative(unsigned width, std::int64_t ceiling, token& out);
  bool length(token_kind kind, unsigned width, std::uint64_t floor, token& out);
  bool body(const token& from, std::string_view& out);
  bool key(std::string_view& out, std::optional<std::string_view>& last);

  node* object(std::uint32_t count, const type_desc* type, std::size_t depth);
  node* field(const field_desc& field, std::size_t depth);
  node* element(const field_desc& field, std::size_t depth);
  node* any(untyped how, std::size_t depth);
  node* scalar(const token& from);
  template <class Read>
  node* map(std::uint32_t count, std::size_t depth, Read read);
  template <class Read>
  node* list(std::uint32_t count, std::size_t depth, Read read);

  node* counted(node* value);
  bool enter(std::size_t depth);
  bool fail(errc code, std::string_view what);

  document& doc_;
  bytes_view data_;
  const msgpack_limits& limits_;
  std::size_t nodes_ = 0;
  std::optional<error> failure_;
};

bool unpacker::fail(errc code, std::string_view what) {
  if (!failure_)
    failure_ = error{code, "msgpack: " + std::string{what}};
  return false;
}

bool unpacker::enter(std::size_t depth) {
  return depth < limits_.depth_max || fail(errc::too_large, "too deep");
}

node* unpacker::counted(node* value) {
  if (++nodes_ > limits_.nodes_max) {
    fail(errc::too_large, "too many values");
    return nullptr;
  }
  return value;
}

// -- heads --------------------------------------------------------------------

std::optional<std::uint64_t> unpacker::big_endian(unsigned width) {
  if (data_.size() < width)
    return std::nullopt;
  std::uint64_t value = 0;
  for (unsigned i = 0; i < width; ++i)
    value = value << 8 | static_cast<unsigned char>(data_[i]);
  data_.remove_prefix(width);
  return value;
}

bool unpacker::integer(std::optional<std::uint64_t> value, std::uint64_t floor,
                       token& out) {
  if (!value || *value < floor
      || *value > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
    return fail(errc::corrupt, "an integer out of form");
  out.kind = token_kind::integer;
  out.integer = static_cast<std::int64_t>(*value);
  return true;
}

bool unpacker::negative(unsigned width, std::int64_t ceiling, token& out) {
  const auto value = big_endian(width);
  if (!value)
    return fail(errc::corrupt, "truncated");
  const auto shift = 64 - 8 * width;
  out.kind = token_kind::integer;
  out.integer = static_cast<std::int64_t>(*value << shift) >> shift;
  return out.integer < ceiling || fail(errc::corrupt, "an integer out of form");
}

bool unpacker::length(token_kind kind, unsigned width, std::uint64_t floor,
                      token& out) {
  const auto value = big_endian(width);
  if (!value || *value < floor)
    return fail(errc::corrupt, "a length out of form");
  // Every element takes an octet at least.
  if (*value > data_.size())
    return fail(errc::corrupt, "truncated");
  out.kind = kind;
  out.length = static_cast<std::uint32_t>(*value);
  return true;
}

bool unpacker::number_head(unsigned char lead, token& out) {
  switch (lead) {
    case 0xcc:
      return integer(big_endian(1), 0x80, out);
    case 0xcd:
      return integer(big_endian(2), 0x100, out);
    case 0xce:
      return integer(big_endian(4), 0x10000, out);
    case 0xcf:
      return integer(big_endian(8), 0x100000000, out);
    case 0xd0:
      return negative(1, -32, out);
    case 0xd1:
      return negative(2, -0x80, out);
    case 0xd2:
      return negative(4, -0x8000, out);
    case 0xd3:
      return negative(8, -0x80000000LL, out);
    default:
      return fail(errc::corrupt, "a format not in use");
  }
}

bool unpacker::length_head(unsigned char lead, token& out) {
  switch (lead) {
    case 0xc4:
      return length(token_kind::bin, 1, 0, out);
    case 0xc5:
      return length(token_kind::bin, 2, 0x100, out);
    case 0xc6:
      return length(token_kind::bin, 4, 0x10000, out);
    case 0xd9:
      return length(token_kind::str, 1, 32, out);
    case 0xda:
      return length(token_kind::str, 2, 0x100, out);
    case 0xdb:
      return length(token_kind::str, 4, 0x10000, out);
    case 0xdc:
      return length(token_kind::array, 2, 16, out);
    case 0xdd:
      return length(token_kind::array, 4, 0x10000, out);
    case 0xde:
      return length(token_kind::map, 2, 16, out);
    case 0xdf:
      return length(token_kind::map, 4, 0x10000, out);
    default:
      return number_head(lead, out);
  }
}

bool unpacker::head(token& out) {
  if (data_.empty())
    return fail(errc::corrupt, "truncated");
  const auto lead = static_cast<unsigned char>(data_.front());
  data_.remove_prefix(1);
  if (lead < 0x80 || lead >= 0xe0) {
    out.kind = token_kind::integer;
    out.integer = static_cast<std::int8_t>(lead);
    return true;
  }
  if (lead < 0xc0) {
    out.kind = lead < 0x90   ? token_kind::map
               : lead < 0xa0 ? token_kind::array
                             : token_kind::str;
    out.length = lead & (lead < 0xa0 ? 0x0fu : 0x1fu);
    return out.length <= data_.size() || fail(errc::corrupt, "truncated");
  }
  if (lead == 0xc0) {
    out.kind = token_kind::nil;
    return true;
  }
  if (lead == 0xc2 || lead == 0xc3) {
    out.kind = token_kind::boolean;
    out.integer = lead & 1;
    return true;
  }
  if (lead == 0xcb) {
    const auto bits = big_endian(8);
    out.kind = token_kind::real;
    out.real = std::bit_cast<double>(bits.value_or(0));
    return bits || fail(errc::corrupt, "truncated");
  }
  return length_head(lead, out);
}

bool unpacker::body(const token& from, std::string_view& out) {
  if (from.length > data_.size())
    return fail(errc::corrupt, "truncated");
  out = data_.substr(0, from.length);
  data_.remove_prefix(from.length);
  if (from.kind == token_kind::str && !is_utf8(out))
    return fail(errc::corrupt, "text that is no UTF-8");
  return true;
}

// -- values -------------------------------------------------------------------

bool unpacker::key(std::string_view& out,
                   std::optional<std::string_view>& last) {
  token name;
  if (!head(name))
    return false;
  if (name.kind != token_kind::str)
    return fail(errc::corrupt, "a map key that is no text");
  if (!body(name, out))
    return false;
  if (last && out <= *last)
    return fail(errc::corrupt, "map keys must ascend");
  last = out;
  return true;
}

template <class Read>
node* unpacker::map(std::uint32_t count, std::size_t depth, Read read) {
  if (!enter(depth))
    return nullptr;
  auto* out = doc_.make_map();
  std::optional<std::string_view> last;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::string_view name;
    if (!key(name, last))
      return nullptr;
    auto* child = read();
    if (child == nullptr)
      return nullptr;
    doc_.set(*out, name, child);
  }
  return counted(out);
}

template <class Read>
node* unpacker::list(std::uint32_t count, std::size_t depth, Read read) {
  if (!enter(depth))
    return nullptr;
  auto* out = doc_.make_list();
  for (std::uint32_t i = 0; i < count; ++i) {
    auto* child = read();
    if (child == nullptr)
      return nullptr;
    doc_.push_back(*out, child);
  }
  return counted(out);
}

node* unpacker::object(std::uint32_t count, const type_desc* type,
                       std::size_t depth) {
  if (!enter(depth))
    return nullptr;
  auto* out = doc_.make_object();
  std::int64_t last = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    token id;
    if (!head(id))
      return nullptr;
    if (id.kind != token_kind::integer || id.integer <= last
        || id.integer > std::numeric_limits<field_id>::max()) {
      fail(errc::corrupt, "field ids must ascend");
      return nullptr;
    }
    last = id.integer;
    const auto known = static_cast<field_id>(id.integer);
    const auto* desc = type != nullptr ? type->find(known) : nullptr;
    auto* child = desc != nullptr ? field(*desc, depth + 1)
                                  : any(untyped::unknown, depth + 1);
    if (child == nullptr)
      return nullptr;
    doc_.set(*out, known, child);
  }
  return counted(out);
}

node* unpacker::field(const field_desc& field, std::size_t depth) {
  if (field.many == cardinality::one)
    return element(field, depth);
  token from;
  if (!head(from))
    return nullptr;
  auto read = [&] { return element(field, depth + 1); };
  if (from.kind == token_kind::nil)
    return counted(doc_.make_null());
  if (field.many == cardinality::list && from.kind == token_kind::array)
    return list(from.length, depth, read);
  if (field.many == cardinality::map && from.kind == token_kind::map)
    return map(from.length, depth, read);
  fail(errc::corrupt, "a field of another type");
  return nullptr;
}

bool fits(value_type type, token_kind kind) {
  switch (type) {
    case value_type::boolean:
      return kind == token_kind::boolean;
    case value_type::int32:
    case value_type::int64:
      return kind == token_kind::integer;
    case value_type::real:
      return kind == token_kind::real;
    case value_type::bytes:
      return kind == token_kind::bin;
    case value_type::int_or_string:
      return kind == token_kind::integer || kind == token_kind::str;
    case value_type::object:
      return kind == token_kind::map;
    default:
      return kind == token_kind::str;
  }
}

node* unpacker::element(const field_desc& field, std::size_t depth) {
  if (field.type == value_type::json)
    return any(untyped::json, depth);
  token from;
  if (!head(from))
    return nullptr;
  if (from.kind == token_kind::nil)
    return counted(doc_.make_null());
  if (!fits(field.type, from.kind)) {
    fail(errc::corrupt, "a field of another type");
    return nullptr;
  }
  if (from.kind == token_kind::map)
    return object(from.length, field.object, depth);
  if (from.kind != token_kind::bin)
    return scalar(from);
  std::string_view octets;
  return body(from, octets) ? counted(doc_.make_string(octets)) : nullptr;
}

node* unpacker::scalar(const token& from) {
  std::string_view text;
  switch (from.kind) {
    case token_kind::boolean:
      return counted(doc_.make_boolean(from.integer != 0));
    case token_kind::integer:
      return counted(doc_.make_integer(from.integer));
    case token_kind::real:
      return counted(doc_.make_real(from.real));
    case token_kind::str:
      return body(from, text) ? counted(doc_.make_string(text)) : nullptr;
    case token_kind::bin:
      return body(from, text) ? counted(doc_.make_octets(text)) : nullptr;
    default:
      return counted(doc_.make_null());
  }
}

node* unpacker::any(untyped how, std::size_t depth) {
  token from;
  if (!head(from))
    return nullptr;
  auto read = [&] { return any(how, depth + 1); };
  if (from.kind == token_kind::array)
    return list(from.length, depth, read);
  if (from.kind != token_kind::map)
    return scalar(from);
  if (how == untyped::json)
    return map(from.length, depth, read);
  // Positive integers start below 0x80 or with 0xcc to 0xcf.
  const auto next =
      data_.empty() ? 0u : static_cast<unsigned char>(data_.front());
  if (from.length == 0 || next < 0x80 || (next >= 0xcc && next <= 0xcf))
    return object(from.length, nullptr, depth);
  return map(from.length, depth, read);
}

node* unpacker::root(const type_desc* type) {
  node* out = nullptr;
  if (type == nullptr) {
    out = any(untyped::json, 0);
  } else {
    field_desc whole;
    whole.type = value_type::object;
    whole.object = type;
    out = element(whole, 0);
  }
  if (out != nullptr && !data_.empty()) {
    fail(errc::corrupt, "octets behind the value");
    return nullptr;
  }
  return out;
}

} // namespace

result<document> decode_msgpack(bytes_view data, const type_desc* type,
                                const msgpack_limits& limits) {
  if (data.size() > limits.size_max)
    return error{errc::too_large, "msgpack: too long"};
  document out{type};
  unpacker from{out, data, limits};
  auto* root = from.root(type);
  if (root == nullptr)
    return from.failure();
  out.root(*root);
  return out;
}

} // namespace troupe::codec
