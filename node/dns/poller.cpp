#include "node/dns/poller.hpp"

#include "node/sys/os_error.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace troupe::dns {

namespace {

constexpr std::size_t ready_max = 64; // at a time

epoll_event to_event(std::uint64_t token, wish what) {
  epoll_event out{};
  if (what == wish::read || what == wish::both)
    out.events |= EPOLLIN;
  if (what == wish::write || what == wish::both)
    out.events |= EPOLLOUT;
  out.data.u64 = token;
  return out;
}

} // namespace

result<poller> poller::open() {
  unique_fd fd{::epoll_create1(EPOLL_CLOEXEC)};
  if (!fd)
    return sys::os_error("wait for", "messages of DNS");
  return poller{std::move(fd)};
}

status_result poller::add(int fd, std::uint64_t token, wish what) const {
  auto event = to_event(token, what);
  if (::epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    return sys::os_error("wait for", "messages of DNS");
  return unit{};
}

void poller::change(int fd, std::uint64_t token, wish what) const {
  auto event = to_event(token, what);
  const bool changed = ::epoll_ctl(fd_.get(), EPOLL_CTL_MOD, fd, &event) == 0;
  TROUPE_CHECK(changed, "what is changed was added");
}

result<std::vector<ready>> poller::wait(duration at_most) const {
  // Rounded up, so as not to look again before the time.
  const auto milliseconds =
      std::chrono::ceil<std::chrono::milliseconds>(at_most).count();
  std::array<epoll_event, ready_max> events;
  const int count =
      ::epoll_wait(fd_.get(), events.data(), static_cast<int>(events.size()),
                   static_cast<int>(std::max<std::int64_t>(milliseconds, 0)));
  if (count < 0 && errno != EINTR)
    return sys::os_error("wait for", "messages of DNS");
  std::vector<ready> out;
  for (int i = 0; i < count; ++i)
    out.push_back({events[static_cast<std::size_t>(i)].data.u64});
  return out;
}

} // namespace troupe::dns
