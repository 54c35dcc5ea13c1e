#pragma once

#include "messages/base/bytes.hpp"
#include "node/dns/record.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace troupe::dns {

/// Writes one message, its names compressed (RFC 1035 4.1.4). Pure.
class writer {
public:
  void u8(unsigned value) { out_ += static_cast<char>(value); }

  void u16(unsigned value) {
    u8(value >> 8 & 0xff);
    u8(value & 0xff);
  }

  void u32(std::uint32_t value) {
    u16(value >> 16);
    u16(value & 0xffff);
  }

  void octets(bytes_view value) { out_ += value; }

  /// By a pointer where it or its end was written before.
  void name(std::string_view text);

  /// A name as somebody else wrote it; `text` is what it says.
  void name_as(bytes_view octets, std::string_view text);

  void put(const record& what);

  std::size_t size() const { return out_.size(); }

  /// Takes back what was written after the first `size` octets.
  void cut(std::size_t size);

  /// Writes over two octets.
  void set_u16(std::size_t at, unsigned value);

  bytes take() { return std::move(out_); }

private:
  /// That `text` can be read there.
  void note(std::string_view text, std::size_t at);

  bytes out_;
  std::map<std::string, std::size_t, std::less<>> places_;
};

} // namespace troupe::dns
