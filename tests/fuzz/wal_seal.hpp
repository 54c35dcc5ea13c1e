#pragma once

#include "messages/base/crc32c.hpp"
#include "runtime/wal/coding.hpp"
#include "runtime/wal/types.hpp"

#include <algorithm>

/// Puts right what a change to a file of the log breaks first (checksums and
/// what places are chained by), so that a fuzzer reaches what they protect.
/// Offsets are those the writers use.
namespace troupe::wal::fuzz {

template <class T>
T get_at(bytes_view data, std::size_t offset) {
  return decoder{data.substr(std::min(offset, data.size()))}.get<T>();
}

/// A page with an eight-octet magic, its checksum and what that covers.
inline void seal_page(bytes& file, std::size_t offset, std::size_t size) {
  if (size == 0 || file.size() < offset + size)
    return;
  const auto page = bytes_view{file}.substr(offset, size);
  put_at(file, offset + 8, crc32c(page.substr(12)));
}

/// The frame at `offset`; returns its size, 0 when there is none.
inline std::size_t seal_frame(bytes& file, std::size_t offset,
                              std::uint32_t& previous_check) {
  constexpr std::size_t fixed = 64;
  if (file.size() < offset + fixed
      || get_at<std::uint32_t>(file, offset) != 0x31467754)
    return 0;
  const std::size_t lists = get_at<std::uint32_t>(file, offset + 44);
  const std::size_t octets = get_at<std::uint32_t>(file, offset + 52);
  if (fixed + lists > octets || octets > file.size() - offset)
    return 0;
  const auto ranges = get_at<std::uint64_t>(file, offset + fixed);
  const auto listed = (fixed + lists + sector_octets - 1) / sector_octets;
  for (auto i = listed; i < octets / sector_octets; ++i) {
    const auto slot = 8 + 24 * ranges + 4 * i;
    if (ranges > lists || slot + 4 > lists)
      break;
    const auto sector =
        bytes_view{file}.substr(offset + i * sector_octets, sector_octets);
    put_at(file, offset + fixed + slot, crc32c(sector));
  }
  put_at(file, offset + 16, std::uint64_t{offset});
  put_at(file, offset + 56,
         crc32c(bytes_view{file}.substr(offset + fixed, lists)));
  put_at(file, offset + 60, previous_check);
  const auto head = bytes_view{file}.substr(offset, fixed);
  put_at(file, offset + 4, crc32c(head.substr(8)));
  previous_check = crc32c(bytes_view{file}.substr(offset, fixed));
  return octets;
}

/// A header page, then frames.
inline void seal_segment(bytes& file, std::size_t header_octets) {
  seal_page(file, 0, header_octets);
  auto check = get_at<std::uint32_t>(file, 40);
  for (auto at = header_octets; at < file.size();) {
    const auto size = seal_frame(file, at, check);
    at += size == 0 ? sector_octets : size;
  }
}

/// A header of 512 octets, then chunks behind heads of 12.
inline void seal_snapshot(bytes& file) {
  constexpr std::size_t header = 512;
  seal_page(file, 0, header);
  if (file.size() < header)
    return;
  auto check = crc32c(bytes_view{file}.substr(0, header));
  for (auto at = header; at + 12 <= file.size();) {
    const std::size_t stored = get_at<std::uint32_t>(file, at);
    const auto data = bytes_view{file}.substr(
        at + 12, stored == 0 ? bytes_view::npos : stored);
    check = crc32c(data, crc32c(bytes_view{file}.substr(at, 8), check));
    put_at(file, at + 8, check);
    at += 12 + data.size();
  }
}

} // namespace troupe::wal::fuzz
