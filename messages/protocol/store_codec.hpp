#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "messages/protocol/store.hpp"

#include <cstddef>

/// Octets of `store.hpp` values: the payload of a log entry and the answer to
/// a proposer. Golden octets of each released version: tests/data/compat/store.
namespace troupe::store {

/// Version of the command encoding. A command from a newer version is refused
/// (`unsupported`): a replica that skipped part of one would diverge. The
/// feature level keeps newer commands out of logs that older members read.
inline constexpr std::uint64_t command_version = 1;

/// Version of the outcome encoding and the oldest reader that understands it.
inline constexpr std::uint64_t outcome_version = 1;
inline constexpr std::uint64_t outcome_compat_version = 1;

/// Limits, in octets or elements. What exceeds one is refused with
/// `too_large`, by the encoder too: nothing may reach the log that a replica
/// would refuse to read.
inline constexpr std::size_t command_max = 8 * 1024 * 1024;
inline constexpr std::size_t value_max = 3 * 1024 * 1024;
inline constexpr std::size_t key_max = 1024;
inline constexpr std::size_t uid_max = 256;
inline constexpr std::size_t column_name_max = 512;
inline constexpr std::size_t column_value_max = 4096;
inline constexpr std::size_t columns_max = 4096;
inline constexpr std::size_t guards_max = 4096;
inline constexpr std::size_t ops_max = 4096;
inline constexpr std::size_t fence_name_max = 512;
inline constexpr std::size_t hint_max = 512;

/// The canonical octets of `value`: equal commands have equal octets. Fails
/// with `too_large` past a limit, `invalid_argument` for an empty key or a put
/// without a value.
result<bytes> encode_command(const command& value);

/// Fails with `corrupt`, `too_large` or `unsupported`.
result<command> decode_command(bytes_view data);

result<bytes> encode_outcome(const propose_outcome& value);

/// As `decode_command`, but fields of newer compatible versions are ignored.
result<propose_outcome> decode_outcome(bytes_view data);

/// What `apply` answered, as the proposer hears it.
propose_outcome to_propose_outcome(apply_outcome value);

} // namespace troupe::store
