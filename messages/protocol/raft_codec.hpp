#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "messages/protocol/raft.hpp"

#include <cstddef>

namespace troupe::raft {

/// Bounds on what a peer may send; past any of them `too_large`.
inline constexpr std::size_t message_bytes_max = std::size_t{16} << 20;
inline constexpr std::size_t message_entries_max = 4096;
inline constexpr std::size_t member_id_length_max = 253;

/// One message as msgpack: the array
///
///     [version, compat_version, group, term, from, to, kind, body]
///
/// where `kind` is the place in `message_body` and `body` an array of that
/// struct's fields in the order of their declaration (a `log_position` is two
/// fields, an entry is `[index, term, kind, payload]`). Readers of version N
/// ignore fields appended by later versions whose compat_version is <= N.
bytes encode(const message& m);

/// The inverse. Fails with `unsupported` for a newer compat_version or an
/// unknown kind, `too_large` past a bound, `corrupt` for anything that is not
/// such an array, trailing octets included. Entries must follow their request's
/// `previous` without gaps and with terms that never fall.
result<message> decode(bytes_view data);

} // namespace troupe::raft
