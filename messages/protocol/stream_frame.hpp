#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "messages/protocol/message_types.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace troupe {

inline constexpr std::size_t frame_text_max = 64 * 1024;

enum class frame_kind : std::uint8_t {
  open = 1,   ///< `type` and `data` are the request
  accept,     ///< the first word of the accepting side
  refuse,     ///< instead of it; `text` says why
  data,       ///< one message
  credit,     ///< nothing but its `consumed`
  half_close, ///< the sender sends no more
  reset,      ///< it is over; `text` says why
  idle,       ///< nothing new: repeats `sequence` and `consumed`
  unknown,    ///< the receiver has no such stream
};

/// One message of a byte stream, in an envelope of type `stream_frame` whose
/// correlation id names the stream among those that its opener opened.
struct stream_frame {
  frame_kind kind = frame_kind::idle;
  /// Whether it goes to the side that opened the stream.
  bool to_opener = false;
  /// Data and half-close messages this side has sent, this one included.
  std::uint64_t sequence = 0;
  /// Octets of the other side's data that were dealt with.
  std::uint64_t consumed = 0;
  message_type type{};
  std::string text;
  bytes data;

  friend bool operator==(const stream_frame&, const stream_frame&) = default;
};

bytes encode_frame(const stream_frame& value);

/// Fails with `corrupt`, `too_large`, or `unsupported` for a kind this version
/// does not know.
result<stream_frame> decode_frame(bytes_view data);

} // namespace troupe
