#pragma once

#include "messages/base/time_point.hpp"

#include <functional>
#include <memory>

namespace troupe {

/// Runs tasks when their time has come, one after another, on a thread of its
/// own that exists while something waits. Tasks must not block, and must not
/// stop the timer. Safe from any thread.
class timer {
public:
  timer();
  ~timer();

  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;

  /// Those of one moment run in the order they were given.
  void at(mono_time when, std::function<void()> task);

  /// Runs what waits at once and returns when that is done. What is given
  /// later runs within `at`.
  void stop();

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe
