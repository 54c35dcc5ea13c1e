#pragma once

#include "messages/codec/document.hpp"
#include "node/pod/events.hpp"
#include "runtime/base/guarded.hpp"
#include "runtime/control/api_port.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace troupe::agent {

/// What an event is about: core/v1 ObjectReference.
struct event_subject {
  std::string api_version = "v1";
  std::string kind;
  std::string ns;
  std::string name;
  std::string uid;
  std::string resource_version;
};

event_subject subject_of_pod(const codec::document& pod);
event_subject subject_of_node(const std::string& node);

/// Writes core/v1 Events. One that says the same about the same thing again
/// raises the count of the first, as clients expect from kubelet; one that the
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
  struct known {
    std::string name;
    wall_time first;
    std::int64_t count = 0;
  };

  struct table {
    std::map<std::string, known> events;
    std::uint64_t made = 0;
  };

  known count(const event_subject& about, const pod::pod_event& event);

  control::api_port& api_;
  const std::string node_;
  const std::function<wall_time()> wall_now_;
  const std::function<mono_time()> mono_now_;
  guarded<table> table_;
};

} // namespace troupe::agent
