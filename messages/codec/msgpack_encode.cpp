#include "messages/base/check.hpp"
#include "messages/codec/msgpack.hpp"

#include <msgpack.hpp>

#include <bit>

namespace troupe::codec {

using schema::type_desc;
using schema::value_type;

namespace {

/// The stream of msgpack::packer.
struct appender {
  bytes& out;

  void write(const char* data, std::size_t size) { out.append(data, size); }
};

class packer {
public:
  explicit packer(bytes& out) : out_{out}, sink_{out}, to_{sink_} {}

  void value(const node& value, const type_desc* type, bool is_bytes);

private:
  void object(const node& value, const type_desc* type);
  void text(std::string_view text);
  void octets(bytes_view octets);
  void real(double value);

  static std::uint32_t length(std::size_t size) {
    return static_cast<std::uint32_t>(size);
  }

  bytes& out_;
  appender sink_;
  msgpack::packer<appender> to_;
};

void packer::text(std::string_view text) {
  to_.pack_str(length(text.size()));
  to_.pack_str_body(text.data(), length(text.size()));
}

void packer::octets(bytes_view octets) {
  to_.pack_bin(length(octets.size()));
  to_.pack_bin_body(octets.data(), length(octets.size()));
}

/// By hand: the library turns whole doubles into integers.
void packer::real(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  out_ += '\xcb';
  for (int shift = 56; shift >= 0; shift -= 8)
    out_ += static_cast<char>(bits >> shift);
}

void packer::object(const node& value, const type_desc* type) {
  to_.pack_map(length(value.size()));
  for (const auto& [id, child] : value.members()) {
    to_.pack_uint32(id);
    const auto* field = type != nullptr ? type->find(id) : nullptr;
    if (field == nullptr)
      this->value(*child, nullptr, false);
    else
      this->value(*child, field->object, field->type == value_type::bytes);
  }
}

void packer::value(const node& value, const type_desc* type, bool is_bytes) {
  switch (value.kind()) {
    case node_kind::null:
      to_.pack_nil();
      break;
    case node_kind::boolean:
      value.boolean() ? to_.pack_true() : to_.pack_false();
      break;
    case node_kind::integer:
      to_.pack_int64(value.integer());
      break;
    case node_kind::real:
      real(value.real());
      break;
    case node_kind::string:
      if (is_bytes || value.is_octets())
        octets(value.string());
      else
        text(value.string());
      break;
    case node_kind::object:
      object(value, type);
      break;
    case node_kind::map:
      to_.pack_map(length(value.size()));
      for (const auto& [key, child] : value.entries()) {
        text(key);
        this->value(*child, type, is_bytes);
      }
      break;
    case node_kind::list:
      to_.pack_array(length(value.size()));
      for (const auto* child : value.items())
        this->value(*child, type, is_bytes);
      break;
  }
}

} // namespace

void append_msgpack(bytes& out, const node& value, const type_desc* type) {
  packer{out}.value(value, type, false);
}

bytes encode_msgpack(const node& value, const type_desc* type) {
  bytes out;
  append_msgpack(out, value, type);
  return out;
}

} // namespace troupe::codec
