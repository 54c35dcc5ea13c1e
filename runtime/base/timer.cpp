#include "runtime/base/timer.hpp"

#include "runtime/base/clock.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace troupe {

class timer::impl {
public:
  void at(mono_time when, std::function<void()> task) {
    std::unique_lock lock{mutex_};
    if (stopped_) {
      lock.unlock();
      return task();
    }
    waiting_.emplace(when, std::move(task));
    if (std::exchange(running_, true))
      return wake_.notify_all();
    if (thread_.joinable())
      thread_.join(); // it has let go of the lock for the last time
    thread_ = std::thread{[this] { run(); }};
  }

  void stop() {
    std::unique_lock lock{mutex_};
    stopped_ = true;
    wake_.notify_all();
    auto thread = std::move(thread_);
    lock.unlock();
    if (thread.joinable())
      thread.join();
  }

private:
  void run() {
    std::unique_lock lock{mutex_};
    while (!waiting_.empty()) {
      const auto next = waiting_.begin();
      const auto now = mono_now();
      if (!stopped_ && next->first > now) {
        wake_.wait_for(lock, next->first - now);
        continue;
      }
      auto task = std::move(next->second);
      waiting_.erase(next);
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
    }
    running_ = false;
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<mono_time, std::function<void()>> waiting_;
  bool running_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

timer::timer() : impl_(std::make_unique<impl>()) {
  // nop
}

timer::~timer() {
  impl_->stop();
}

void timer::at(mono_time when, std::function<void()> task) {
  impl_->at(when, std::move(task));
}

void timer::stop() {
  impl_->stop();
}

} // namespace troupe
