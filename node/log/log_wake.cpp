#include "node/log/log_wake.hpp"

#include "node/sys/os_error.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>

namespace troupe::container_log {

namespace {

constexpr long look_again_ns = 250'000'000;

bool is_used_up(const error& failure) {
  return failure.code == errc::unavailable || failure.code == errc::no_space;
}

result<unique_fd> watch_directory(const std::string& directory) {
  unique_fd watch{::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
  if (!watch)
    return sys::os_error("watch", directory);
  if (::inotify_add_watch(watch.get(), directory.c_str(),
                          IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM
                              | IN_ONLYDIR)
      < 0)
    return sys::os_error("watch", directory);
  return watch;
}

result<unique_fd> tick() {
  unique_fd timer{
      ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
  itimerspec when{};
  when.it_value.tv_nsec = look_again_ns;
  when.it_interval.tv_nsec = look_again_ns;
  if (!timer || ::timerfd_settime(timer.get(), 0, &when, nullptr) != 0)
    return sys::os_error("create", "a timer");
  return timer;
}

result<unique_fd> watch_or_tick(const std::string& directory) {
  auto watch = watch_directory(directory);
  if (!watch && is_used_up(watch.error()))
    return tick();
  return watch;
}

} // namespace

result<log_wake> log_wake::watching(const std::string& directory) {
  log_wake wake;
  auto changes = watch_or_tick(directory);
  if (!changes)
    return changes.error();
  wake.changes_ = std::move(*changes);
  wake.told_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  wake.all_.reset(::epoll_create1(EPOLL_CLOEXEC));
  if (!wake.told_ || !wake.all_)
    return sys::os_error("wait for changes in", directory);
  for (const auto* fd : {&wake.changes_, &wake.told_}) {
    epoll_event event{};
    event.events = EPOLLIN;
    if (::epoll_ctl(wake.all_.get(), EPOLL_CTL_ADD, fd->get(), &event) != 0)
      return sys::os_error("wait for changes in", directory);
  }
  return wake;
}

void log_wake::drain() const {
  std::array<char, 4096> ignored;
  for (const auto* fd : {&changes_, &told_})
    while (::read(fd->get(), ignored.data(), ignored.size()) > 0)
      ;
}

void log_wake::notify() const {
  const std::uint64_t one = 1;
  // A full counter is readable just as well.
  static_cast<void>(::write(told_.get(), &one, sizeof one));
}

} // namespace troupe::container_log
