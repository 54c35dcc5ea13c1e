#include "node/shim/containers.hpp"
#include "node/shim/execs.hpp"
#include "node/shim/journal.hpp"
#include "node/shim/outputs.hpp"
#include "node/shim/requests.hpp"
#include "node/shim/spawn.hpp"

#include <fcntl.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <sys/epoll.h>

#include <csignal>

namespace troupe::shim {

namespace {

// What the agent leaves open: the null device as 0, 1 and 2, and these.
constexpr int listener_fd = 3;
constexpr int directory_fd = 4;

packet incoming;

void on_agent() {
  if (!receive(incoming)) {
    // Nobody knows of a pod that was never set up.
    if (self.agent < 0 && (self.flags & sandbox_ready) == 0)
      leave(1);
    return;
  }
  dispatch(incoming);
  close_descriptors(incoming);
}

void on_event(source what, std::uint32_t index, std::uint32_t events) {
  switch (what) {
    case source::listener:
      return accept_agent();
    case source::agent:
      return on_agent();
    case source::container_report:
      return on_container_report(containers[index]);
    case source::container_exit:
      return on_container_exit(containers[index]);
    case source::container_output:
      return on_output(containers[index / 2], index % 2);
    case source::exec_report:
      return on_exec_report(execs[index]);
    case source::exec_exit:
      return on_exec_exit(execs[index]);
    case source::attach:
      return on_reader(readers[index], events);
  }
}

/// The shim goes on in a child of nobody, in a session of its own.
void detach() {
  clone_args args = {};
  args.exit_signal = SIGCHLD;
  const auto pid = kernel(__NR_clone3, &args, sizeof(args));
  if (pid != 0)
    leave(pid < 0 ? 1 : 0);
  kernel(__NR_setsid);
}

void block_signals() {
  const std::uint64_t all = ~std::uint64_t{0};
  kernel(__NR_rt_sigprocmask, SIG_SETMASK, &all, nullptr, sizeof(all));
  // What the agent ignored would stay ignored in containers.
  struct {
    void* handler;
    std::uint64_t flags;
    void* restorer;
    std::uint64_t mask;
  } const usual = {};
  for (int number = 1; number <= 64; ++number)
    kernel(__NR_rt_sigaction, number, &usual, nullptr, sizeof(usual.mask));
}

unsigned digit(char c) {
  return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
}

void read_boot_id() {
  char text[64] = {};
  read_text(AT_FDCWD, "/proc/sys/kernel/random/boot_id", text, sizeof(text));
  std::size_t count = 0;
  for (const char* at = text; *at > ' ' && count < 32; ++at)
    if (*at != '-') {
      auto& octet = self.boot_id[count / 2];
      octet = static_cast<std::uint8_t>(octet << 4 | digit(*at));
      ++count;
    }
}

/// Not the first choice when memory runs out, where the node may say so.
void resist_oom() {
  const auto fd = kernel(__NR_openat, AT_FDCWD, "/proc/self/oom_score_adj",
                         O_WRONLY | O_CLOEXEC, 0);
  kernel(__NR_write, fd, "-999", 4);
  kernel(__NR_close, fd);
}

long open_all() {
  const auto result = kernel(__NR_fchdir, directory_fd);
  if (result < 0)
    return result;
  kernel(__NR_close, directory_fd);
  kernel(__NR_umask, 0);
  self.listener = listener_fd;
  kernel(__NR_fcntl, listener_fd, F_SETFD, FD_CLOEXEC);
  self.own_pids = static_cast<int>(kernel(
      __NR_openat, AT_FDCWD, "/proc/self/ns/pid", O_RDONLY | O_CLOEXEC, 0));
  self.poll = static_cast<int>(kernel(__NR_epoll_create1, EPOLL_CLOEXEC));
  watch(self.listener, source::listener, 0, EPOLLIN);
  return open_journal();
}

/// Of two waits in milliseconds; negative: for ever.
int sooner(int one, int other) {
  if (one < 0 || other < 0)
    return one < 0 ? other : one;
  return one < other ? one : other;
}

} // namespace

[[noreturn]] void run() {
  detach();
  block_signals();
  // No container's process may look into it or into a child on its way.
  kernel(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
  read_boot_id();
  if (open_all() < 0)
    leave(1);
  resist_oom();
  for (;;) {
    // One at a time: handling one event may make the next one void.
    epoll_event event;
    const auto count =
        kernel(__NR_epoll_pwait, self.poll, &event, 1,
               sooner(expire_readers(), sync_when_due()), nullptr, 8);
    if (count == 1)
      on_event(static_cast<source>(event.data.u64 >> 32),
               static_cast<std::uint32_t>(event.data.u64), event.events);
    leave_if_done();
  }
}

} // namespace troupe::shim
