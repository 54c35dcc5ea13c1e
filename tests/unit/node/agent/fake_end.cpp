#include "tests/unit/node/agent/fake_end.hpp"

#include <algorithm>
#include <chrono>

namespace troupe::test {

namespace {

constexpr auto patience = std::chrono::seconds{10};

} // namespace

bool fake_end::send(bytes message) {
  std::lock_guard lock{mutex_};
  messages_.push_back(std::move(message));
  changed_.notify_all();
  return true;
}

std::size_t fake_end::queued() const {
  std::lock_guard lock{mutex_};
  return queued_;
}

void fake_end::consumed(std::size_t octets) {
  std::lock_guard lock{mutex_};
  consumed_ += octets;
  changed_.notify_all();
}

void fake_end::half_close() {
  std::lock_guard lock{mutex_};
  half_closed_ = true;
}

void fake_end::reset(std::string) {
  half_close();
}

void fake_end::queue(std::size_t octets) {
  std::lock_guard lock{mutex_};
  queued_ = octets;
}

bytes fake_end::sent_locked(node_io::channel on) const {
  bytes out;
  for (const auto& each : messages_)
    if (each.front() == static_cast<char>(on))
      out += each.substr(1);
  return out;
}

bytes fake_end::sent(node_io::channel on) const {
  std::lock_guard lock{mutex_};
  return sent_locked(on);
}

std::size_t fake_end::longest() const {
  std::lock_guard lock{mutex_};
  std::size_t out = 0;
  for (const auto& each : messages_)
    out = std::max(out, each.size());
  return out;
}

std::size_t fake_end::consumed_octets() const {
  std::lock_guard lock{mutex_};
  return consumed_;
}

bool fake_end::half_closed() const {
  std::lock_guard lock{mutex_};
  return half_closed_;
}

bool fake_end::wait_sent(node_io::channel on, std::size_t octets) const {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, patience,
                           [&] { return sent_locked(on).size() >= octets; });
}

bool fake_end::wait_consumed(std::size_t octets) const {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, patience, [&] { return consumed_ >= octets; });
}

} // namespace troupe::test
