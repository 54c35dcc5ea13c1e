#pragma once

#include "messages/base/time_point.hpp"
#include "runtime/port/http_port.hpp"

#include <memory>

namespace troupe::wiring {

/// Stands before a handler and knows which requests have no answer yet. A
/// stream counts as answered once it has begun: watches would never end.
class drain_gate {
public:
  drain_gate();

  /// `inner`, with every request counted. Once the gate is closed, requests
  /// are answered with 503 instead.
  http_handler guard(http_handler inner) const;

  /// Lets nobody in any more, and waits until everybody inside has their
  /// answer; false when `timeout` passes first.
  bool drain(duration timeout) const;

private:
  struct state;
  class visitor;
  std::shared_ptr<state> state_;
};

} // namespace troupe::wiring
