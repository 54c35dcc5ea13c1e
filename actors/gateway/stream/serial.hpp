#pragma once

#include "runtime/base/guarded.hpp"

#include <deque>
#include <optional>

namespace troupe::gateway {

/// Inputs from several threads, dealt with one at a time and in order, by
/// whichever thread finds nobody at it. What is called may push again.
template <class Input>
class serial {
public:
  /// Queues `input`; unless somebody is at it, calls `deal` with every input
  /// there is.
  template <class Deal>
  void push(Input input, Deal&& deal) {
    const bool busy = queue_.with([&](queue& now) {
      now.inputs.push_back(std::move(input));
      return std::exchange(now.busy, true);
    });
    if (busy)
      return;
    while (auto next = pop())
      deal(std::move(*next));
  }

private:
  struct queue {
    std::deque<Input> inputs;
    bool busy = false;
  };

  std::optional<Input> pop() {
    return queue_.with([](queue& now) -> std::optional<Input> {
      if (now.inputs.empty()) {
        now.busy = false;
        return std::nullopt;
      }
      std::optional<Input> out{std::move(now.inputs.front())};
      now.inputs.pop_front();
      return out;
    });
  }

  guarded<queue> queue_;
};

} // namespace troupe::gateway
