#pragma once

#include "messages/codec/document.hpp"
#include "node/agent/event_correlator.hpp"
#include "runtime/base/guarded.hpp"
#include "runtime/control/api_port.hpp"

#include <functional>
#include <memory>
#include <string>

namespace troupe::agent {

event_subject subject_of_pod(const codec::document& pod);
event_subject subject_of_node(const std::string& node);

/// Writes core/v1 Events, as few as the correlator makes of them. One that the
/// API has forgotten meanwhile is made anew with its count. Best effort: what
/// the API does not take is lost, after a line in the log. Safe from any
/// thread, and never blocks.
class event_recorder {
public:
  event_recorder(control::api_port& api, std::string node,
                 std::function<wall_time()> wall_now,
                 std::function<mono_time()> mono_now);

  void record(const event_subject& about, const pod::pod_event& event);

private:
  control::api_port& api_;
  const std::string node_;
  const std::function<wall_time()> wall_now_;
  const std::function<mono_time()> mono_now_;
  guarded<event_correlator> correlator_;
};

} // namespace troupe::agent
