#include "messages/codec/protobuf_fields.hpp"

namespace troupe::codec {

namespace {

/// Greatest field number of the protobuf language.
constexpr std::uint64_t number_max = (1u << 29) - 1;

} // namespace

bool wire_fields::fail() {
  failed_ = true;
  rest_ = {};
  return false;
}

bool wire_fields::varint(std::uint64_t& out) {
  out = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto octet = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    out |= std::uint64_t{octet & 0x7fu} << shift;
    if (octet < 0x80)
      return true;
  }
  return fail();
}

bool wire_fields::fixed(unsigned width, std::uint64_t& out) {
  if (rest_.size() < width)
    return fail();
  out = 0;
  for (unsigned i = 0; i < width; ++i)
    out |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
  rest_.remove_prefix(width);
  return true;
}

bool wire_fields::value(wire_field& out) {
  std::uint64_t length = 0;
  switch (out.type) {
    case wire_type::varint:
      return varint(out.scalar);
    case wire_type::fixed64:
      return fixed(8, out.scalar);
    case wire_type::fixed32:
      return fixed(4, out.scalar);
    case wire_type::length_delimited:
      if (!varint(length) || length > rest_.size())
        return fail();
      out.octets = rest_.substr(0, length);
      rest_.remove_prefix(length);
      return true;
  }
  return fail();
}

bool wire_fields::next(wire_field& out) {
  if (rest_.empty())
    return false;
  std::uint64_t tag = 0;
  if (!varint(tag))
    return false;
  const auto number = tag >> 3;
  if (number == 0 || number > number_max)
    return fail();
  out = {static_cast<std::uint32_t>(number),
         static_cast<wire_type>(tag & 7),
         0,
         {}};
  return value(out);
}

} // namespace troupe::codec
