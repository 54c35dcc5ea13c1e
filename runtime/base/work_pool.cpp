#include "runtime/base/work_pool.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace troupe {

namespace {

constexpr auto idle_max = std::chrono::seconds{10};

} // namespace

class work_pool::impl : public std::enable_shared_from_this<work_pool::impl> {
public:
  impl(std::size_t threads_max, std::size_t queue_max)
      : threads_max_(threads_max), queue_max_(queue_max) {
    // nop
  }

  bool post(std::function<void()> work) {
    std::unique_lock lock{mutex_};
    const auto free = threads_max_ - working_;
    if (stopping_ || queue_.size() >= queue_max_ + free)
      return false;
    queue_.push_back(std::move(work));
    if (idle_ >= queue_.size() || threads_ == threads_max_) {
      lock.unlock();
      wake_.notify_one();
      return true;
    }
    ++threads_;
    lock.unlock();
    std::thread{[self = shared_from_this()] { self->serve(); }}.detach();
    return true;
  }

  void stop() {
    std::unique_lock lock{mutex_};
    stopping_ = true;
    wake_.notify_all();
    ended_.wait(lock, [this] { return threads_ == 0; });
  }

private:
  void serve() {
    std::unique_lock lock{mutex_};
    while (next(lock)) {
      auto work = std::move(queue_.front());
      queue_.pop_front();
      ++working_;
      lock.unlock();
      work();
      work = nullptr;
      lock.lock();
      --working_;
    }
    --threads_;
    ended_.notify_all();
  }

  /// Whether there is work, after waiting for it.
  bool next(std::unique_lock<std::mutex>& lock) {
    ++idle_;
    wake_.wait_for(lock, idle_max,
                   [this] { return stopping_ || !queue_.empty(); });
    --idle_;
    return !queue_.empty();
  }

  const std::size_t threads_max_;
  const std::size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable ended_;
  std::deque<std::function<void()>> queue_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
  std::size_t working_ = 0;
  bool stopping_ = false;
};

work_pool::work_pool(std::size_t threads_max, std::size_t queue_max)
    : impl_(std::make_shared<impl>(threads_max, queue_max)) {
  // nop
}

work_pool::~work_pool() {
  impl_->stop();
}

bool work_pool::post(std::function<void()> work) {
  return impl_->post(std::move(work));
}

} // namespace troupe
