#include "node/shim/spawn.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/mman.h>

#include <csignal>

namespace troupe::shim {

namespace {

long clone(const birthplace& where, process& into) {
  clone_args args = {};
  int pidfd = -1;
  args.flags = CLONE_PIDFD;
  args.pidfd = reinterpret_cast<std::uint64_t>(&pidfd);
  args.exit_signal = SIGCHLD;
  if (where.new_pids)
    args.flags |= CLONE_NEWPID;
  if (where.cgroup >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = static_cast<std::uint64_t>(where.cgroup);
  }
  const auto pid = kernel(__NR_clone3, &args, sizeof(args));
  if (pid > 0) {
    into.pid = static_cast<int>(pid);
    into.pidfd = pidfd;
  }
  return pid;
}

} // namespace

long mapped_plan::open(int fd) {
  const auto length = kernel(__NR_lseek, fd, 0, SEEK_END);
  if (length < static_cast<long>(sizeof(plan_head))
      || length > static_cast<long>(plan_size_max))
    return -EBADMSG;
  const auto memory =
      kernel(__NR_mmap, nullptr, length, PROT_READ, MAP_PRIVATE, fd, 0);
  if (memory < 0)
    return memory;
  data = reinterpret_cast<const void*>(memory);
  size = static_cast<std::size_t>(length);
  return 0;
}

void mapped_plan::close() {
  if (data != nullptr)
    kernel(__NR_munmap, data, size);
  data = nullptr;
}

long spawn(const packet& from, child_context& context, const birthplace& where,
           process& into) {
  mapped_plan plan;
  int report[2];
  auto result =
      from.descriptor_count > 0 ? plan.open(from.descriptors[0]) : -EBADF;
  if (result == 0)
    result = kernel(__NR_pipe2, report, O_CLOEXEC | O_NONBLOCK);
  if (result < 0) {
    plan.close();
    return result;
  }
  context.plan = plan.data;
  context.plan_size = plan.size;
  context.descriptors = from.descriptors;
  context.descriptor_count = from.descriptor_count;
  context.report = report[1];
  if (where.pids_of >= 0)
    result = kernel(__NR_setns, where.pids_of, CLONE_NEWPID);
  if (result == 0)
    result = clone(where, into);
  if (result == 0)
    run_child(context);
  if (where.pids_of >= 0)
    kernel(__NR_setns, self.own_pids, CLONE_NEWPID);
  plan.close();
  kernel(__NR_close, report[1]);
  if (result < 0) {
    kernel(__NR_close, report[0]);
    return result;
  }
  into.report = report[0];
  return 0;
}

long spawn_reaper() {
  process reaper;
  const auto result = clone({.new_pids = true}, reaper);
  if (result == 0)
    run_reaper();
  if (result < 0)
    return result;
  self.reaper_pid = reaper.pid;
  // For all children from now on.
  const auto joined = kernel(__NR_setns, reaper.pidfd, CLONE_NEWPID);
  kernel(__NR_close, reaper.pidfd);
  return joined;
}

long open_terminal(int devpts, terminal_pair& ends) {
  constexpr auto unlock_slave = 0x40045431; // TIOCSPTLCK
  constexpr auto open_peer = 0x5441;        // TIOCGPTPEER
  constexpr auto flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
  const auto master = kernel(__NR_openat, devpts, "ptmx", flags, 0);
  if (master < 0)
    return master;
  ends.master = static_cast<int>(master);
  const int locked = 0;
  auto result = kernel(__NR_ioctl, master, unlock_slave, &locked);
  if (result == 0)
    result = kernel(__NR_ioctl, master, open_peer, flags);
  if (result < 0) {
    close_descriptor(ends.master);
    return result;
  }
  ends.slave = static_cast<int>(result);
  return 0;
}

long set_window(int terminal, std::uint16_t columns, std::uint16_t rows) {
  constexpr auto set_size = 0x5414; // TIOCSWINSZ
  const std::uint16_t size[4] = {rows, columns, 0, 0};
  return kernel(__NR_ioctl, terminal, set_size, size);
}

long read_report(process& child, outcome& how) {
  for (;;) {
    outcome said;
    const auto size =
        kernel_retry(__NR_read, child.report, &said, sizeof(said));
    if (size == -EAGAIN)
      return -EAGAIN;
    if (size != sizeof(said)) {
      // A child that was killed on its way said nothing.
      how = child.executes ? outcome{} : failure(-ECANCELED, 0, "");
      return 0;
    }
    child.executes = said.error == 0;
    if (!child.executes) {
      how = said;
      return 0;
    }
  }
}

std::int32_t reap(process& child) {
  std::int32_t status = 0;
  kernel_retry(__NR_wait4, child.pid, &status, 0, nullptr);
  close_watched(child.pidfd);
  close_watched(child.report);
  return status;
}

std::uint64_t read_start_ticks(int pid) {
  char path[32];
  text_writer{path}
      .add("/proc/")
      .add_number(static_cast<unsigned>(pid))
      .add("/stat");
  char text[512];
  if (read_text(AT_FDCWD, path, text, sizeof(text)) <= 0)
    return 0;
  // The name, the second field, may hold anything but ends with the last ")".
  const char* at = text;
  for (const char* each = text; *each != '\0'; ++each)
    if (*each == ')')
      at = each;
  for (int field = 2; field < 22 && *at != '\0'; ++at)
    if (*at == ' ')
      ++field;
  std::uint64_t ticks = 0;
  for (; *at >= '0' && *at <= '9'; ++at)
    ticks = ticks * 10 + static_cast<std::uint64_t>(*at - '0');
  return ticks;
}

} // namespace troupe::shim
