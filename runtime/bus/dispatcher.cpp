#include "runtime/bus/dispatcher.hpp"

#include <utility>

namespace troupe::bus {

dispatcher::dispatcher(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i)
    threads_.emplace_back([this] { run(); });
}

dispatcher::~dispatcher() {
  stop();
}

void dispatcher::post(const std::shared_ptr<strand>& on,
                      std::function<void()> task) {
  std::lock_guard lock{mutex_};
  if (stopping_ && threads_.empty())
    return;
  if (on != nullptr && on->busy) {
    on->waiting.push_back(std::move(task));
    return;
  }
  if (on != nullptr)
    on->busy = true;
  ready_.push_back({on, std::move(task)});
  wake_.notify_one();
}

void dispatcher::stop() {
  std::vector<std::thread> threads;
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
    threads.swap(threads_);
  }
  wake_.notify_all();
  for (auto& one : threads)
    one.join();
}

void dispatcher::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    // What runs may post more, so the last to run ends the others.
    wake_.wait(lock, [this] {
      return !ready_.empty() || (stopping_ && running_ == 0);
    });
    if (ready_.empty())
      break;
    auto next = std::move(ready_.front());
    ready_.pop_front();
    ++running_;
    lock.unlock();
    next.task();
    next.task = nullptr;
    lock.lock();
    --running_;
    if (next.on != nullptr)
      next_of(next.on);
    if (stopping_)
      wake_.notify_all();
  }
}

/// The strand's next task, behind those of other strands.
void dispatcher::next_of(const std::shared_ptr<strand>& on) {
  on->busy = !on->waiting.empty();
  if (!on->busy)
    return;
  ready_.push_back({on, std::move(on->waiting.front())});
  on->waiting.pop_front();
  wake_.notify_one();
}

} // namespace troupe::bus
