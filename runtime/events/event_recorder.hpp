#pragma once

#include "runtime/base/guarded.hpp"
#include "runtime/control/api_port.hpp"
#include "runtime/events/event_correlator.hpp"

#include <functional>
#include <string>

namespace troupe::events {

/// Who tells.
struct event_source {
  std::string component; ///< "kubelet"; it owns what is written
  std::string host;      ///< its node's name, or empty
  api::identity user;    ///< who asks; empty where the transport says so
};

/// Writes core/v1 Events, as few as the correlator makes of them. One that the
/// API has forgotten meanwhile is made anew with its count. Best effort: what
/// the API does not take is lost, after a line in the log. Safe from any
/// thread, and never blocks.
class event_recorder {
public:
  event_recorder(control::api_port& api, event_source source,
                 std::function<wall_time()> wall_now,
                 std::function<mono_time()> mono_now);

  void record(const event_subject& about, const event_note& note);

private:
  control::api_port& api_;
  const event_source source_;
  const std::function<wall_time()> wall_now_;
  const std::function<mono_time()> mono_now_;
  guarded<event_correlator> correlator_;
};

} // namespace troupe::events
