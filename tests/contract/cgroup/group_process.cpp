#include "tests/contract/cgroup/group_process.hpp"

#include "messages/base/check.hpp"
#include "node/sys/process_handle.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <array>

namespace troupe::cgroup {

namespace {

bool write_zero(int directory, const char* file) {
  const unique_fd procs{::openat(directory, file, O_WRONLY | O_CLOEXEC)};
  return procs && ::write(procs.get(), "0", 1) == 1;
}

bool enter(const entry_points& entry) {
  for (const auto& file : entry.procs_files)
    if (!write_zero(AT_FDCWD, file.c_str()))
      return false;
  return !entry.directory || write_zero(entry.directory.get(), "cgroup.procs");
}

[[noreturn]] void run(const entry_points& entry,
                      const std::function<int()>& work, int told) {
  // No child outlives a test that crashed.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const char entered = enter(entry) ? 'y' : 'n';
  if (::write(told, &entered, 1) != 1 || entered == 'n')
    ::_exit(99);
  ::close(told);
  ::_exit(work());
}

} // namespace

group_process::group_process(const entry_points& entry,
                             const std::function<int()>& work) {
  std::array<int, 2> told;
  TROUPE_CHECK(::pipe2(told.data(), O_CLOEXEC) == 0, "a test has a pipe");
  pid_ = ::fork();
  TROUPE_CHECK(pid_ >= 0, "a test can fork");
  if (pid_ == 0)
    run(entry, work, told[1]);
  ::close(told[1]);
  char entered = 'n';
  const auto count = ::read(told[0], &entered, 1);
  ::close(told[0]);
  TROUPE_CHECK(count == 1, "a child tells whether it entered");
  TROUPE_CHECK(entered == 'y', "a child enters its group");
  auto handle = sys::open_process(pid_);
  TROUPE_CHECK(handle.has_value(), "a child has a handle until it is reaped");
  handle_ = std::move(*handle);
}

group_process::~group_process() {
  if (exit_code_ >= 0)
    return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

bool group_process::ends_within(duration timeout) {
  using std::chrono::ceil;
  using std::chrono::milliseconds;
  pollfd ended{handle_.get(), POLLIN, 0};
  const auto wait = static_cast<int>(ceil<milliseconds>(timeout).count());
  if (::poll(&ended, 1, wait) != 1)
    return false;
  int status = 0;
  TROUPE_CHECK(::waitpid(pid_, &status, 0) == pid_, "a child is reaped once");
  exit_code_ =
      WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return true;
}

int stay_until_killed() {
  for (;;)
    ::pause();
}

} // namespace troupe::cgroup
