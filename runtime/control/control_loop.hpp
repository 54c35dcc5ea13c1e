#pragma once

#include "messages/api/request.hpp"
#include "messages/base/strong.hpp"
#include "messages/base/time_point.hpp"
#include "runtime/store/store_port.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What a part that watches the state and writes through the API is made of,
/// seen by who drives it: the actor, or a test.
namespace troupe::control {

/// Numbers the calls of one incarnation.
using call_ticket = strong<std::uint64_t, struct call_ticket_tag>;

/// A call was answered.
struct call_answered {
  call_ticket ticket;
  api::response response;
};

/// The linearizable read that was asked for has ended. When it was reached,
/// the view given to the same step covers it.
struct read_ended {
  store::barrier_outcome outcome = store::barrier_outcome::reached;
};

using loop_input = std::variant<call_answered, read_ended>;

/// The two clocks, read once for a step.
struct moment {
  mono_time mono;
  wall_time wall;
};

struct call_effect {
  call_ticket ticket;
  api::request request;
};

/// What a step wants done.
struct loop_effects {
  std::vector<call_effect> calls;
  /// Ask for a linearizable read; `read_ended` answers.
  bool read = false;
  /// Step again at this moment at the latest.
  std::optional<mono_time> wake_at;
  /// Lines for the log.
  std::vector<std::string> warnings;
};

/// A state machine that is stepped whenever the view moves on, an answer has
/// come or its moment is there; several of these may come in one step. It
/// rebuilds itself from the first view it is given, so it may die at any point.
class control_loop {
public:
  virtual ~control_loop() = default;

  virtual loop_effects step(const moment& now,
                            std::shared_ptr<const store::store_snapshot> view,
                            std::vector<loop_input> inputs) = 0;

  /// Nothing is due or under way.
  virtual bool quiet() const = 0;
};

} // namespace troupe::control
