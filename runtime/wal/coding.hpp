#pragma once

#include "messages/base/bytes.hpp"

#include <concepts>
#include <cstdint>
#include <cstring>

/// Fixed-width little-endian numbers, as all files of the log hold them.
namespace troupe::wal {

template <std::unsigned_integral T>
void put(bytes& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    out.push_back(static_cast<char>(value >> (8 * i)));
}

/// A length (u16) and that many octets.
inline void put_name(bytes& out, bytes_view name) {
  put(out, static_cast<std::uint16_t>(name.size()));
  out += name;
}

template <std::unsigned_integral T>
void put_at(bytes& out, std::size_t offset, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    out[offset + i] = static_cast<char>(value >> (8 * i));
}

/// Reads what `put` wrote. Past the end it yields zeros and turns bad for
/// good, so callers check once.
class decoder {
public:
  explicit decoder(bytes_view data) : data_(data) {}

  template <std::unsigned_integral T>
  T get() {
    const auto from = take(sizeof(T));
    T value = 0;
    for (std::size_t i = 0; i < from.size(); ++i)
      value |= static_cast<T>(
          static_cast<T>(static_cast<unsigned char>(from[i])) << (8 * i));
    return value;
  }

  bytes_view take(std::size_t length) {
    if (length > data_.size()) {
      good_ = false;
      data_ = {};
      return {};
    }
    const auto out = data_.substr(0, length);
    data_.remove_prefix(length);
    return out;
  }

  bytes_view name() { return take(get<std::uint16_t>()); }

  bool good() const noexcept { return good_; }

  bytes_view rest() const noexcept { return data_; }

private:
  bytes_view data_;
  bool good_ = true;
};

inline bool all_zero(bytes_view data) {
  return data.empty()
         || (data[0] == '\0'
             && std::memcmp(data.data(), data.data() + 1, data.size() - 1)
                    == 0);
}

inline std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

} // namespace troupe::wal
