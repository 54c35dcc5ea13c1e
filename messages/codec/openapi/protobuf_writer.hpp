#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::codec::openapi {

/// Appends protobuf fields to a string, in the order of the calls. Zero values
/// are left out, as proto3 does. Nested messages are built apart and appended
/// with `bytes`: the documents are made once, at start.
class protobuf_writer {
public:
  explicit protobuf_writer(std::string& out) : out_{out} {}

  /// A string that is left out when empty.
  void string(std::uint32_t field, std::string_view text) {
    if (!text.empty())
      bytes(field, text);
  }

  /// A length-delimited field, written even when empty.
  void bytes(std::uint32_t field, std::string_view octets) {
    varint(field << 3 | 2);
    varint(octets.size());
    out_ += octets;
  }

  void boolean(std::uint32_t field, bool value) {
    if (!value)
      return;
    varint(field << 3);
    varint(1);
  }

private:
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }

  std::string& out_;
};

} // namespace troupe::codec::openapi
