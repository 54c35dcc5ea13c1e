#include "node/pod/config.hpp"

namespace troupe::pod {

namespace {

error wrong(const char* field, const char* expected) {
  return {errc::invalid_argument,
          std::string{"pod config: "} + field + " must be " + expected};
}

} // namespace

status_result pod_config::validate() const {
  if (node_name.empty())
    return wrong("node_name", "set");
  if (backoff_first <= duration{})
    return wrong("backoff_first", "more than 0");
  if (backoff_max < backoff_first)
    return wrong("backoff_max", "at least backoff_first");
  if (backoff_reset < backoff_max)
    return wrong("backoff_reset", "at least backoff_max");
  if (volume_backoff_first <= duration{})
    return wrong("volume_backoff_first", "more than 0");
  if (volume_backoff_max < volume_backoff_first)
    return wrong("volume_backoff_max", "at least volume_backoff_first");
  if (retry <= duration{})
    return wrong("retry", "more than 0");
  if (pull_error_shown < duration{} || stop_min < duration{})
    return wrong("pull_error_shown and stop_min", "no less than 0");
  return unit{};
}

} // namespace troupe::pod
