#pragma once

#include "messages/base/time_point.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::actors {

enum class actor_state { starting, running, backing_off, stopped };

std::string_view to_string(actor_state state);

/// One row of the live tree.
struct door_report {
  std::string address; ///< "/server/s1/state/main"
  std::string kind;    ///< "state"
  actor_state state = actor_state::starting;
  std::uint64_t restarts = 0;
  std::uint64_t waiting = 0; ///< mailbox length
  std::uint64_t handled = 0; ///< by this incarnation
  std::uint64_t dropped = 0; ///< refused because the mailbox was full
  duration uptime{};
};

} // namespace troupe::actors
