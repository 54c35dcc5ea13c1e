#include "bootstrap/cli/foreground.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>

namespace troupe::cli {

namespace {

sigset_t stop_signals() {
  sigset_t out;
  sigemptyset(&out);
  for (int signal : {SIGINT, SIGTERM, SIGHUP})
    sigaddset(&out, signal);
  return out;
}

} // namespace

void hold_signals() {
  const auto held = stop_signals();
  sigprocmask(SIG_BLOCK, &held, nullptr);
}

bool interrupted() {
  sigset_t waiting;
  if (sigpending(&waiting) != 0)
    return false;
  const auto stop = stop_signals();
  sigandset(&waiting, &waiting, &stop);
  return !sigisemptyset(&waiting);
}

bool stay(const process::identity& supervisor) {
  const auto held = stop_signals();
  const unique_fd signals{signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK)};
  const auto process = process::open_process(supervisor);
  while (process) {
    pollfd what[] = {{process.get(), POLLIN, 0}, {signals.get(), POLLIN, 0}};
    if (poll(what, 2, -1) <= 0)
      continue;
    if (what[0].revents != 0)
      break;
    signalfd_siginfo info;
    if (read(signals.get(), &info, sizeof info) > 0)
      process::send_signal(process, SIGTERM);
  }
  int status = 0;
  return waitpid(supervisor.pid, &status, 0) == supervisor.pid
         && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}

} // namespace troupe::cli
