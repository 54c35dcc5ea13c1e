#include "node/pod/observed.hpp"

#include <algorithm>

namespace troupe::pod {

namespace {

/// Graces count from these. Other waits bear a clock that is set.
template <class Function>
void for_each_grace(observed_pod& observed, Function function) {
  if (observed.ending_since)
    function(*observed.ending_since);
  for (auto& [name, container] : observed.containers)
    if (container.stop) {
      function(container.stop->since);
      if (container.stop->signalled != wall_time{})
        function(container.stop->signalled);
    }
}

} // namespace

void clock_was_set(observed_pod& observed, duration by) {
  for_each_grace(observed, [&](wall_time& since) { since += by; });
}

void clock_is(observed_pod& observed, wall_time now) {
  for_each_grace(observed,
                 [&](wall_time& since) { since = std::min(since, now); });
}

const observed_container* find(const observed_pod& observed,
                               std::string_view container) {
  const auto at = observed.containers.find(container);
  return at == observed.containers.end() ? nullptr : &at->second;
}

bool is_unborn(const observed_pod& observed,
               const observed_container& container) {
  return container.phase <= container_phase::creating && container.ever_created
         && !container.exit && !container.id.empty()
         && observed.sandbox.phase == sandbox_phase::ready
         && container.sandbox_id == observed.sandbox.id;
}

std::int32_t next_restart_count(const observed_pod& observed,
                                const observed_container& container) {
  const auto is_first =
      !container.ever_created || is_unborn(observed, container);
  return container.restart_count + (is_first ? 0 : 1);
}

bool has_ended(const observed_pod& observed) {
  const auto is_down = [](const auto& each) {
    const auto phase = each.second.phase;
    return phase != container_phase::running
           && phase != container_phase::creating;
  };
  return observed.ending_since
         && std::all_of(observed.containers.begin(), observed.containers.end(),
                        is_down);
}

} // namespace troupe::pod
