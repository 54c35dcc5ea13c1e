#include "bootstrap/process/child.hpp"

#include "node/sys/unique_fd.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace troupe::process {

namespace {

/// What the new process says about itself before and instead of the program.
struct news {
  int pid = 0;
  int error = 0;
};

/// Everything the new process needs, made before the fork: after it only calls
/// that are safe in a copy of a threaded process are made.
struct plan {
  const child_spec* spec;
  std::vector<char*> arguments;
  int input = -1;
  int output = -1; ///< -1: ours
  int report = -1;
  int network = -1; ///< of its namespace; -1: ours
  int parent = 0;
  int first_free = 3; ///< beyond the numbers of `descriptors`
};

[[noreturn]] void fail(const plan& what) {
  const news failed{getpid(), errno};
  [[maybe_unused]] auto n = write(what.report, &failed, sizeof failed);
  _exit(127);
}

void reset_signals() {
  for (int i = 1; i < NSIG; ++i)
    signal(i, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Puts the descriptors where they belong. First all go out of the way, for
/// one's number may be another's place.
void place_descriptors(plan& what) {
  constexpr std::size_t descriptors_max = 16;
  int moved[descriptors_max] = {};
  const auto& wanted = what.spec->descriptors;
  if (wanted.size() > descriptors_max) {
    errno = E2BIG;
    fail(what);
  }
  what.report = fcntl(what.report, F_DUPFD_CLOEXEC, what.first_free);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    moved[i] = fcntl(wanted[i].first, F_DUPFD_CLOEXEC, what.first_free);
    if (moved[i] < 0)
      fail(what);
  }
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (dup2(moved[i], wanted[i].second) < 0)
      fail(what);
}

[[noreturn]] void become(plan& what) {
  reset_signals();
  setpgid(0, 0); // a terminal's Ctrl-C is for the parent, who tells it
  const int death_signal = what.spec->parent_death_signal;
  if (death_signal != 0) {
    prctl(PR_SET_PDEATHSIG, death_signal);
    if (getppid() != what.parent)
      _exit(127); // the parent ended before it could be asked
  }
  umask(077);
  if (what.network >= 0 && setns(what.network, CLONE_NEWNET) != 0)
    fail(what);
  if (chdir("/") != 0)
    fail(what);
  dup2(what.input, STDIN_FILENO);
  if (what.output >= 0) {
    dup2(what.output, STDOUT_FILENO);
    dup2(what.output, STDERR_FILENO);
  }
  place_descriptors(what);
  if (close_range(static_cast<unsigned>(what.first_free), ~0U,
                  CLOSE_RANGE_CLOEXEC)
      != 0)
    fail(what);
  const news started{getpid(), 0};
  if (write(what.report, &started, sizeof started) != sizeof started)
    _exit(127);
  execv(what.spec->program.c_str(), what.arguments.data());
  fail(what);
}

/// The last news before the other end closes, which the start of the program
/// does.
result<int> read_news(const std::string& program, int fd) {
  news last{0, ECHILD};
  news next;
  for (;;) {
    const auto n = read(fd, &next, sizeof next);
    if (n == static_cast<ssize_t>(sizeof next))
      last = next;
    else if (n >= 0 || errno != EINTR)
      break;
  }
  if (last.error == 0)
    return last.pid;
  return error{errc::unavailable,
               "cannot start " + program + ": "
                   + std::generic_category().message(last.error)};
}

void wait_for(int pid) {
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR)
    ;
}

error fork_error(const char* what) {
  return {errc::unavailable,
          std::string{what} + ": " + std::generic_category().message(errno)};
}

} // namespace

result<int> spawn(const child_spec& spec) {
  plan what{&spec, {}};
  for (const auto& argument : spec.arguments)
    what.arguments.push_back(const_cast<char*>(argument.c_str()));
  what.arguments.push_back(nullptr);
  for (const auto& [ours, theirs] : spec.descriptors)
    what.first_free = std::max(what.first_free, theirs + 1);
  unique_fd input{open("/dev/null", O_RDONLY | O_CLOEXEC)};
  unique_fd output;
  if (!spec.log_file.empty()) {
    output.reset(open(spec.log_file.c_str(),
                      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!output)
      return fork_error(spec.log_file.c_str());
  }
  unique_fd network;
  if (!spec.network_namespace.empty()) {
    network.reset(open(spec.network_namespace.c_str(), O_RDONLY | O_CLOEXEC));
    if (!network)
      return fork_error(spec.network_namespace.c_str());
  }
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return fork_error("pipe");
  unique_fd from_child{ends[0]};
  unique_fd to_parent{ends[1]};
  what.input = input.get();
  what.output = output.get();
  what.network = network.get();
  what.report = to_parent.get();
  what.parent = getpid();
  const int pid = fork();
  if (pid < 0)
    return fork_error("fork");
  if (pid == 0) {
    if (!spec.detached)
      become(what);
    // The one in between ends at once, so that the new process belongs to
    // init; being no leader of its session, it never gets a terminal.
    setsid();
    const int second = fork();
    if (second < 0)
      fail(what);
    if (second > 0)
      _exit(0);
    become(what);
  }
  to_parent.reset();
  auto started = read_news(spec.program, from_child.get());
  if (spec.detached || !started)
    wait_for(pid);
  return started;
}

} // namespace troupe::process
