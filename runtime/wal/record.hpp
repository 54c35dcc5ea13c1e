#pragma once

#include "runtime/wal/types.hpp"

/// One record: length, CRC-32C, sequence, group, type, payload; see README.md.
namespace troupe::wal {

inline constexpr std::size_t record_header_octets = 32;

/// Octets `append_record` will add.
std::uint64_t record_octets(const record& value);

/// Appends the record under `sequence`, padded to 8 octets.
void append_record(bytes& out, const record& value, std::uint64_t sequence);

/// Reads `count` records that fill `body` and whose sequences ascend by one
/// from `sequence`. `corrupt` for any octet out of place, `unsupported` for a
/// type of a newer version.
result<std::vector<record>> read_records(bytes_view body, std::uint32_t count,
                                         std::uint64_t sequence);

} // namespace troupe::wal
