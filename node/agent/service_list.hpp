#pragma once

#include "node/agent/watched_table.hpp"
#include "runtime/base/guarded.hpp"

#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace troupe::agent {

/// The cluster's Services as the node heard of them last, for whoever starts a
/// container. Safe from any thread.
class service_list {
public:
  using services = std::shared_ptr<const std::map<std::string, object_ptr>>;

  void set(services all) {
    const bool first = state_.with([&](state& now) {
      now.all = std::move(all);
      return !std::exchange(now.heard, true);
    });
    if (first)
      first_.set_value();
  }

  /// Waits until they were heard once; null when that takes too long.
  services wait(duration patience) const {
    heard_.wait_for(patience);
    return state_.with([](const state& now) { return now.all; });
  }

private:
  struct state {
    services all;
    bool heard = false;
  };

  guarded<state> state_;
  std::promise<void> first_;
  std::shared_future<void> heard_ = first_.get_future().share();
};

} // namespace troupe::agent
