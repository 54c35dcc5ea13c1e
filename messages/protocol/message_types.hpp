#pragma once

#include <cstdint>
#include <string_view>

namespace troupe {

/// The one registry of messages that travel between processes. An id means the
/// same message in every conversation and for ever: append, never renumber,
/// never reuse. Each conversation has a hundred to grow in.
enum class message_type : std::uint32_t {
  // 100: store.hpp
  propose = 100,         ///< store_codec's command
  propose_outcome = 101, ///< store_codec's outcome
  // 200: api/api_call.hpp
  api_request = 200,
  api_response = 201,
  watch_open = 202,
  watch_batch = 203,
  // 300: node_io.hpp
  log_open = 300,
  command_open = 301,
  io_message = 302, ///< one stream message: channel octet, data
  // 400: of the bus itself (runtime/bus)
  stream_frame = 400,
  no_answer = 401,
};

/// The message's name as written above; empty for an id this version does not
/// know, which a receiver drops and counts.
std::string_view to_string(message_type type);

} // namespace troupe
