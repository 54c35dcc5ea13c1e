#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace troupe::gateway {

/// Counts requests at work and refuses those past `max`.
class in_flight_limit {
public:
  explicit in_flight_limit(std::size_t max) : max_{max} {}

  /// True when there was room; then `leave` must follow.
  bool enter() {
    if (count_.fetch_add(1) < max_)
      return true;
    count_.fetch_sub(1);
    return false;
  }

  void leave() { count_.fetch_sub(1); }

  std::size_t count() const { return count_; }

private:
  const std::size_t max_;
  std::atomic<std::size_t> count_ = 0;
};

/// A place in a limit, given back on destruction. Empty: nothing is held.
class in_flight_ticket {
public:
  in_flight_ticket() = default;

  explicit in_flight_ticket(in_flight_limit& held) : held_{&held} {}

  in_flight_ticket(in_flight_ticket&& other) noexcept
      : held_{std::exchange(other.held_, nullptr)} {}

  in_flight_ticket& operator=(in_flight_ticket&& other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }

  ~in_flight_ticket() {
    if (held_ != nullptr)
      held_->leave();
  }

private:
  in_flight_limit* held_ = nullptr;
};

} // namespace troupe::gateway
