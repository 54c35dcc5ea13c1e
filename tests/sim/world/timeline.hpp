#pragma once

#include "messages/base/check.hpp"
#include "messages/base/time_point.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace troupe::sim {

/// Virtual time: what happens next, in the order of its moment and, within
/// one, of its being arranged. Nothing else moves the clock.
class timeline {
public:
  mono_time now() const { return now_; }

  void at(mono_time when, std::function<void()> what) {
    TROUPE_CHECK(when >= now_, "nothing is arranged for the past");
    due_.push_back({when, ++arranged_, std::move(what)});
    std::push_heap(due_.begin(), due_.end(), later);
  }

  void after(duration wait, std::function<void()> what) {
    at(now_ + wait, std::move(what));
  }

  /// Runs everything up to `until`, which is now afterwards, unless `stop`
  /// says after some step that it is enough.
  template <class Stop>
  void run_until(mono_time until, Stop stop) {
    while (!due_.empty() && due_.front().when <= until) {
      std::pop_heap(due_.begin(), due_.end(), later);
      auto next = std::move(due_.back());
      due_.pop_back();
      now_ = next.when;
      ++steps_;
      next.what();
      if (stop())
        return;
    }
    now_ = std::max(now_, until);
  }

  std::uint64_t steps() const { return steps_; }

private:
  struct entry {
    mono_time when;
    std::uint64_t number;
    std::function<void()> what;
  };

  static bool later(const entry& a, const entry& b) {
    return std::pair{a.when, a.number} > std::pair{b.when, b.number};
  }

  mono_time now_{std::chrono::seconds{1}};
  std::uint64_t arranged_ = 0;
  std::uint64_t steps_ = 0;
  std::vector<entry> due_;
};

} // namespace troupe::sim
