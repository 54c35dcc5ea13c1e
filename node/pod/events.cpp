#include "node/pod/events.hpp"

namespace troupe::pod {

std::string to_string(const pod_event& event) {
  std::string out = event.warning ? "Warning " : "Normal ";
  out += event.reason;
  if (!event.field_path.empty())
    out += ' ' + event.field_path;
  return out + ": " + event.message;
}

} // namespace troupe::pod
