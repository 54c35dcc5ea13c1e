#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "node/sys/unique_fd.hpp"

#include <poll.h>

#include <vector>

namespace troupe::cgroup {

/// Time that runs out: a timer of the kernel, waited for together with what
/// may come earlier.
class patience {
public:
  /// `unavailable` or so when there is no descriptor left for a timer.
  static result<patience> lasting(duration timeout);

  bool over() const;

  /// Returns when one of `events` is there, when `at_most` has passed or when
  /// the patience is over.
  void wait(std::vector<pollfd> events, duration at_most) const;

private:
  explicit patience(unique_fd timer) : timer_(std::move(timer)) {}

  unique_fd timer_;
};

} // namespace troupe::cgroup
