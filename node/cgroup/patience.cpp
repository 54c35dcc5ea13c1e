#include "node/cgroup/patience.hpp"

#include "node/sys/os_error.hpp"

#include <sys/timerfd.h>

#include <algorithm>

namespace troupe::cgroup {

result<patience> patience::lasting(duration timeout) {
  using std::chrono::duration_cast;
  using std::chrono::nanoseconds;
  using std::chrono::seconds;
  unique_fd timer{
      ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
  if (!timer)
    return sys::os_error("create", "a timer");
  // Zero would disarm it; a nanosecond is over at once.
  const auto length = std::max<duration>(timeout, nanoseconds{1});
  const auto whole = duration_cast<seconds>(length);
  itimerspec when{};
  when.it_value.tv_sec = whole.count();
  when.it_value.tv_nsec = (length - whole).count();
  if (::timerfd_settime(timer.get(), 0, &when, nullptr) != 0)
    return sys::os_error("set", "a timer");
  return patience{std::move(timer)};
}

bool patience::over() const {
  pollfd timer{timer_.get(), POLLIN, 0};
  return ::poll(&timer, 1, 0) == 1;
}

void patience::wait(std::vector<pollfd> events, duration at_most) const {
  using std::chrono::ceil;
  using std::chrono::milliseconds;
  events.push_back({timer_.get(), POLLIN, 0});
  // An interrupted wait is a short one: callers look again anyway.
  static_cast<void>(
      ::poll(events.data(), events.size(),
             static_cast<int>(ceil<milliseconds>(at_most).count())));
}

} // namespace troupe::cgroup
