#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "messages/protocol/message_types.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace troupe {

/// Version of the envelope and the oldest reader that understands it. Fields
/// that older readers may ignore leave compat_version alone.
inline constexpr std::uint32_t envelope_version = 1;
inline constexpr std::uint32_t envelope_compat_version = 1;

/// Limits in octets; what exceeds one is refused with `too_large`.
inline constexpr std::size_t cluster_uid_max = 64;
inline constexpr std::size_t address_max = 512;
inline constexpr std::size_t payload_max = 8 * 1024 * 1024;

/// 16 octets of W3C Trace Context's trace-id; all zero: not traced.
using trace_id = std::array<std::uint8_t, 16>;

/// What every message on the bus is wrapped in. The sender's identity is what
/// the bus enforces by subject, never `sender`, which only tells two actors of
/// one identity, and two lives of one actor, apart.
struct envelope {
  std::uint32_t version = envelope_version;
  std::uint32_t compat_version = envelope_compat_version;
  /// A stranger's is refused by the receiver.
  std::string cluster_uid;
  /// The sending actor's path, for example `/server/s1/state/main`.
  std::string sender;
  /// Grows with each start of the sender's process.
  std::uint64_t incarnation = 0;
  /// The path of the actor it is for.
  std::string recipient;
  /// The life of the recipient's process it is meant for; a later one discards
  /// it. 0: whichever. Replies always name one.
  std::uint64_t recipient_incarnation = 0;
  /// Joins a reply to its request; 0 in messages that expect none.
  std::uint64_t correlation_id = 0;
  /// What a request had left of its time when it was sent; past it the receiver
  /// drops it instead of running it late. A duration, because the clocks of
  /// machines differ; not negative.
  std::optional<duration> time_left;
  trace_id trace{};
  message_type type{};
  bytes payload;

  friend bool operator==(const envelope&, const envelope&) = default;
};

/// The canonical octets. Fails with `too_large` past a limit and
/// `invalid_argument` without cluster uid, sender or recipient.
result<bytes> encode_envelope(const envelope& value);

/// Fails with `unsupported` when `compat_version` is above `envelope_version`,
/// with `too_large`, or with `corrupt`. Unknown fields are ignored; an unknown
/// `type` is kept.
result<envelope> decode_envelope(bytes_view data);

} // namespace troupe
