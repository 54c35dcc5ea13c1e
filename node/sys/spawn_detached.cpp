#include "node/sys/spawn_detached.hpp"

#include "node/sys/os_error.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace troupe::sys {

namespace {

/// All that the child needs, made before it is.
struct launch {
  int program;
  int null;
  std::vector<char*> arguments;
  std::vector<int> descriptors;
};

/// Runs in the caller's memory until it executes: no more than system calls.
[[noreturn]] void execute(const launch& what) {
  // Out of the way of the numbers they shall get.
  const int count = static_cast<int>(what.descriptors.size());
  const int above = 3 + count;
  const int program = fcntl(what.program, F_DUPFD_CLOEXEC, above);
  const int null = fcntl(what.null, F_DUPFD_CLOEXEC, above);
  int moved[16];
  for (int i = 0; i < count; ++i)
    moved[i] = fcntl(what.descriptors[static_cast<std::size_t>(i)],
                     F_DUPFD_CLOEXEC, above);
  for (int i = 0; i < 3; ++i)
    dup2(null, i);
  for (int i = 0; i < count; ++i)
    dup2(moved[i], 3 + i);
  syscall(SYS_close_range, above, ~0U, CLOSE_RANGE_CLOEXEC);
  char* environment[] = {nullptr};
  syscall(SYS_execveat, program, "", what.arguments.data(), environment,
          AT_EMPTY_PATH);
  _exit(127);
}

// NOLINTNEXTLINE: vfork is the one that does not copy a large agent's tables.
[[gnu::noinline]] pid_t start(const launch& what) {
  const auto pid = vfork();
  if (pid == 0)
    execute(what);
  return pid;
}

} // namespace

status_result run_detaching(const unique_fd& program,
                            const std::vector<std::string>& arguments,
                            const std::vector<int>& descriptors) {
  TROUPE_CHECK(descriptors.size() <= 16, "a child gets few descriptors");
  unique_fd null{open("/dev/null", O_RDWR | O_CLOEXEC)};
  if (!null)
    return os_error("open", "/dev/null");
  launch what{program.get(), null.get(), {}, descriptors};
  for (const auto& each : arguments)
    what.arguments.push_back(const_cast<char*>(each.c_str()));
  what.arguments.push_back(nullptr);
  const auto pid = start(what);
  if (pid < 0)
    return os_error("start", arguments.front());
  int status = 0;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR)
      return os_error("wait for", arguments.front());
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return error{errc::io_error, "start " + arguments.front()
                                     + ": it ended before it was ready"};
  return unit{};
}

} // namespace troupe::sys
