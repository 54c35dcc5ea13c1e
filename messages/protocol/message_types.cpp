#include "messages/protocol/message_types.hpp"

namespace troupe {

std::string_view to_string(message_type type) {
  switch (type) {
    case message_type::propose:
      return "propose";
    case message_type::propose_outcome:
      return "propose_outcome";
    case message_type::api_request:
      return "api_request";
    case message_type::api_response:
      return "api_response";
    case message_type::watch_open:
      return "watch_open";
    case message_type::watch_batch:
      return "watch_batch";
    case message_type::log_open:
      return "log_open";
    case message_type::command_open:
      return "command_open";
    case message_type::io_message:
      return "io_message";
    case message_type::stream_frame:
      return "stream_frame";
    case message_type::no_answer:
      return "no_answer";
  }
  return {};
}

} // namespace troupe
