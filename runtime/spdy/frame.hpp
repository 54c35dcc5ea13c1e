#pragma once

#include "runtime/spdy/header_block.hpp"

#include <cstdint>
#include <optional>
#include <variant>

/// Frames of SPDY/3.1 (protocol draft 3.1, section 2.2), both directions.
namespace troupe::spdy {

using stream_id = std::uint32_t;

/// Octets of one control frame's payload; more is `too_large`.
inline constexpr std::size_t control_frame_max = 64 * 1024;

/// Octets of one data frame that may be announced.
inline constexpr std::size_t data_frame_max = (1 << 24) - 1;

struct syn_stream {
  stream_id id = 0;
  headers values;
  bool fin = false;

  friend bool operator==(const syn_stream&, const syn_stream&) = default;
};

struct syn_reply {
  stream_id id = 0;
  headers values;
  bool fin = false;

  friend bool operator==(const syn_reply&, const syn_reply&) = default;
};

/// Section 2.6.3.
enum class reset_code : std::uint32_t {
  protocol_error = 1,
  invalid_stream = 2,
  refused_stream = 3,
  cancel = 5,
  flow_control_error = 7,
};

struct rst_stream {
  stream_id id = 0;
  reset_code code{};

  friend bool operator==(const rst_stream&, const rst_stream&) = default;
};

/// Ids and values, section 2.6.4.
struct settings {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> values;

  friend bool operator==(const settings&, const settings&) = default;
};

struct ping {
  std::uint32_t id = 0;

  friend bool operator==(const ping&, const ping&) = default;
};

enum class goaway_code : std::uint32_t { ok = 0, protocol_error = 1 };

struct goaway {
  stream_id last_good = 0;
  goaway_code code{};

  friend bool operator==(const goaway&, const goaway&) = default;
};

struct more_headers {
  stream_id id = 0;
  headers values;
  bool fin = false;

  friend bool operator==(const more_headers&, const more_headers&) = default;
};

/// `id` 0 is the whole session's window.
struct window_update {
  stream_id id = 0;
  std::uint32_t delta = 0;

  friend bool operator==(const window_update&, const window_update&) = default;
};

/// Of a frame that arrives in pieces, a piece: `fin` is on the last.
struct data {
  stream_id id = 0;
  bytes octets;
  bool fin = false;

  friend bool operator==(const data&, const data&) = default;
};

using frame = std::variant<syn_stream, syn_reply, rst_stream, settings, ping,
                           goaway, more_headers, window_update, data>;

/// Cuts octets into frames. Control frames of unknown types are skipped, as the
/// protocol asks.
class frame_reader {
public:
  /// Takes the next octets. Fails with `corrupt` or `too_large`; nothing can be
  /// read of the connection afterwards.
  result<std::vector<frame>> read(bytes_view octets);

private:
  struct head {
    bool control = false;
    std::uint16_t type = 0;
    stream_id id = 0;
    std::uint8_t flags = 0;
    std::size_t length = 0; ///< of the payload, what is still to come of data
  };

  status_result take_head();
  void take_data(std::vector<frame>& out);
  status_result take_control(std::vector<frame>& out);
  result<headers> decode(bytes_view block) { return headers_.decode(block); }

  header_decoder headers_;
  bytes input_;
  std::optional<head> head_;
};

/// Makes frames; those with headers share one compression context, so they must
/// be sent in the order made.
class frame_writer {
public:
  bytes write(const frame& value);

private:
  bytes header_frame(std::uint16_t type, stream_id id, bytes_view between,
                     const headers& values, bool fin);

  header_encoder headers_;
};

} // namespace troupe::spdy
