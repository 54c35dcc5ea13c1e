#include "messages/protocol/message_types.hpp"

namespace troupe {

std::string_view to_string(message_type type) {
  switch (type) {
    case message_type::propose:
      return "propose";
    case message_type::propose_outcome:
      return "propose_outcome";
  }
  return {};
}

} // namespace troupe
