#include "bootstrap/wiring/process_end.hpp"

#include "runtime/base/log.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

namespace troupe::wiring {

int hold_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  std::signal(SIGPIPE, SIG_IGN);
  if (pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0)
    return -1;
  return signalfd(-1, &set, SFD_CLOEXEC);
}

void wait_for_end(const char* component, int signals, int lifeline) {
  pollfd what[] = {{signals, POLLIN, 0}, {lifeline, POLLIN, 0}};
  for (;;) {
    if (poll(what, 2, -1) <= 0)
      continue;
    if (what[0].revents == 0)
      return log_info(component, "the supervisor is gone: ending");
    signalfd_siginfo info{};
    if (read(signals, &info, sizeof info) != sizeof info
        || info.ssi_signo != SIGHUP)
      return log_info(component, "told to end");
    reopen_log();
    log_info(component, "told to open its log anew");
  }
}

} // namespace troupe::wiring
