#include "node/pod/observed.hpp"

#include <algorithm>

namespace troupe::pod {

const observed_container* find(const observed_pod& observed,
                               std::string_view container) {
  const auto at = observed.containers.find(container);
  return at == observed.containers.end() ? nullptr : &at->second;
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
