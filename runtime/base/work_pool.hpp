#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace troupe {

/// Threads for work that blocks: system calls, files, waiting for a process.
/// Actors hand it over and hear the outcome as a message. Threads are started
/// when there is work and end after a while without.
class work_pool {
public:
  /// At most `threads_max` run at a time; what else is posted waits in order,
  /// at most `queue_max`.
  work_pool(std::size_t threads_max, std::size_t queue_max);

  /// Runs what is queued, then joins its threads.
  ~work_pool();

  work_pool(const work_pool&) = delete;
  work_pool& operator=(const work_pool&) = delete;

  /// False when the queue is full; the work is dropped then. Safe from any
  /// thread, also from work of this pool.
  bool post(std::function<void()> work);

private:
  class impl;
  std::shared_ptr<impl> impl_;
};

} // namespace troupe
