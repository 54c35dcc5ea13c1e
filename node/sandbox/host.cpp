#include "node/sandbox/host.hpp"

#include "node/sandbox/seccomp_filter.hpp"
#include "node/shim/image.hpp"
#include "node/sys/memory_file.hpp"
#include "node/sys/os_error.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <fstream>
#include <sstream>

namespace troupe::sandbox {

namespace {

constexpr std::uint64_t stop_ticket = 0;

bool add_to_poll(const unique_fd& poll, int fd, std::uint64_t ticket) {
  epoll_event event = {};
  event.events = EPOLLIN;
  event.data.u64 = ticket;
  return epoll_ctl(poll.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

std::vector<cgroup_view> find_cgroups() {
  std::ifstream file{"/proc/self/mountinfo"};
  std::ostringstream text;
  text << file.rdbuf();
  return cgroup_views(sys::parse_mount_table(text.str()));
}

} // namespace

result<std::unique_ptr<sandbox_host>> sandbox_host::open() {
  auto made = host_impl::make();
  if (!made)
    return made.error();
  return std::unique_ptr<sandbox_host>{std::move(made).value()};
}

result<std::unique_ptr<host_impl>> host_impl::make() {
  auto host = std::make_unique<host_impl>();
  auto program = sys::make_memory_file("troupe-shim", shim::image(), true);
  if (!program)
    return program.error();
  host->program_ = std::move(*program);
  host->poll_.reset(epoll_create1(EPOLL_CLOEXEC));
  host->stop_.reset(eventfd(0, EFD_CLOEXEC));
  if (!host->poll_ || !host->stop_
      || !add_to_poll(host->poll_, host->stop_.get(), stop_ticket))
    return sys::os_error("wait for", "events of sandboxes");
  host->cgroups_ = find_cgroups();
  host->thread_ = std::thread{[raw = host.get()] { raw->run(); }};
  return host;
}

host_impl::~host_impl() {
  if (!thread_.joinable())
    return;
  eventfd_write(stop_.get(), 1);
  thread_.join();
}

result<std::vector<std::uint64_t>>
host_impl::filter(std::uint64_t capabilities) {
  using answer = result<std::vector<std::uint64_t>>;
  return filters_.with([&](auto& filters) -> answer {
    if (const auto found = filters.find(capabilities); found != filters.end())
      return found->second;
    auto made = default_filter(capabilities);
    // Few sets of capabilities are in use, but pods choose them.
    constexpr std::size_t filters_max = 64;
    if (made && filters.size() < filters_max)
      filters.emplace(capabilities, *made);
    return made;
  });
}

std::uint64_t host_impl::watch(int fd, std::function<bool()> on_ready) {
  std::lock_guard lock{mutex_};
  const auto ticket = ++last_ticket_;
  watched_.emplace(ticket, watched{fd, std::move(on_ready)});
  TROUPE_CHECK(add_to_poll(poll_, fd, ticket), "a socket can be waited for");
  return ticket;
}

void host_impl::unwatch(std::uint64_t ticket) {
  std::lock_guard lock{mutex_};
  const auto found = watched_.find(ticket);
  if (found == watched_.end())
    return;
  epoll_ctl(poll_.get(), EPOLL_CTL_DEL, found->second.fd, nullptr);
  watched_.erase(found);
}

void host_impl::run() {
  for (;;) {
    epoll_event events[16];
    const auto count = epoll_wait(poll_.get(), events, 16, -1);
    for (int i = 0; i < count; ++i) {
      if (events[i].data.u64 == stop_ticket)
        return;
      serve(events[i].data.u64);
    }
  }
}

void host_impl::serve(std::uint64_t ticket) {
  std::lock_guard lock{mutex_};
  const auto found = watched_.find(ticket);
  if (found == watched_.end() || found->second.on_ready())
    return;
  epoll_ctl(poll_.get(), EPOLL_CTL_DEL, found->second.fd, nullptr);
  watched_.erase(found);
}

} // namespace troupe::sandbox
