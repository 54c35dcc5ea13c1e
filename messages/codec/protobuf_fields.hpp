#pragma once

#include "messages/base/bytes.hpp"

#include <cstdint>

namespace troupe::codec {

/// Protocol buffers' wire types; groups are not in use.
enum class wire_type : std::uint8_t {
  varint = 0,
  fixed64 = 1,
  length_delimited = 2,
  fixed32 = 5,
};

/// One field as it stands on the wire.
struct wire_field {
  std::uint32_t number = 0;
  wire_type type = wire_type::varint;
  std::uint64_t scalar = 0; ///< varint or fixed
  bytes_view octets;        ///< length_delimited
};

/// Takes fields off the front of a message.
class wire_fields {
public:
  explicit wire_fields(bytes_view message) : rest_{message} {}

  /// False at the end and on malformed input; `failed` tells them apart.
  bool next(wire_field& out);

  bool failed() const noexcept { return failed_; }

  /// One varint: the elements of a packed list.
  bool varint(std::uint64_t& out);
  bool fixed(unsigned width, std::uint64_t& out);

  bool at_end() const noexcept { return rest_.empty(); }

private:
  bool fail();
  bool value(wire_field& out);

  bytes_view rest_;
  bool failed_ = false;
};

} // namespace troupe::codec
