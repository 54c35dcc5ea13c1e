#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace troupe::bus {

/// Tasks that run one after the other, in the order they were posted. Belongs
/// to the dispatcher's lock.
struct strand {
  std::deque<std::function<void()>> waiting;
  bool busy = false;
};

/// A few threads that run callbacks, so that neither the network's threads nor
/// a lock are held while somebody else's code runs. The poster bounds what is
/// under way.
class dispatcher {
public:
  explicit dispatcher(std::size_t threads);

  /// Stops, if nobody did.
  ~dispatcher();

  dispatcher(const dispatcher&) = delete;
  dispatcher& operator=(const dispatcher&) = delete;

  /// Runs `task` after all that were posted to `on` before; in any order with
  /// the others when `on` is null. Nothing after `stop`.
  void post(const std::shared_ptr<strand>& on, std::function<void()> task);

  /// Runs everything that was posted, then ends the threads. Not from a task.
  void stop();

private:
  struct entry {
    std::shared_ptr<strand> on;
    std::function<void()> task;
  };

  void run();
  void next_of(const std::shared_ptr<strand>& on);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<entry> ready_;
  std::size_t running_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace troupe::bus
