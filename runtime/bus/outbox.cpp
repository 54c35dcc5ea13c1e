#include "runtime/bus/outbox.hpp"

#include <utility>

namespace troupe::bus {

outbox::outbox(bus_port& port, std::function<void(std::uint64_t)> undelivered)
    : port_{port}, undelivered_{std::move(undelivered)}, thread_{[this] {
        run();
      }} {
  // nop
}

outbox::~outbox() {
  stop();
}

void outbox::put(publish message) {
  std::lock_guard lock{mutex_};
  if (stopping_)
    return;
  if (octets_ + message.octets.size() > outbox_octets_max) {
    // Told by the thread: the caller may hold what `undelivered` needs.
    if (message.undelivered != 0)
      failed_.push_back(message.undelivered);
  } else {
    octets_ += message.octets.size();
    waiting_.push_back(std::move(message));
  }
  wake_.notify_one();
}

void outbox::stop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable())
    thread_.join();
}

void outbox::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [this] {
      return !waiting_.empty() || !failed_.empty() || stopping_;
    });
    std::uint64_t failed = 0;
    if (!failed_.empty()) {
      failed = failed_.front();
      failed_.pop_front();
      lock.unlock();
    } else if (!waiting_.empty()) {
      auto message = std::move(waiting_.front());
      waiting_.pop_front();
      octets_ -= message.octets.size();
      lock.unlock();
      if (!port_.publish(message.lane, message.subject, message.reply_to,
                         message.octets))
        failed = message.undelivered;
    } else {
      return;
    }
    if (failed != 0)
      undelivered_(failed);
    lock.lock();
  }
}

} // namespace troupe::bus
