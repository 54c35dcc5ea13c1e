#include "node/image/stoppable_wait.hpp"

#include <condition_variable>
#include <mutex>

namespace troupe::image {

bool wait_unless_stopped(const std::stop_token& stop, duration time) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock{mutex};
  stopped.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

} // namespace troupe::image
