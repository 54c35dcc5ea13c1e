#include "bootstrap/wiring/process_end.hpp"

#include "runtime/base/log.hpp"

#include <poll.h>
#include <sys/signalfd.h>

#include <csignal>

namespace troupe::wiring {

int hold_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  if (pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0)
    return -1;
  return signalfd(-1, &set, SFD_CLOEXEC);
}

void wait_for_end(const char* component, int signals, int lifeline) {
  pollfd what[] = {{signals, POLLIN, 0}, {lifeline, POLLIN, 0}};
  while (poll(what, 2, -1) <= 0)
    ;
  log_info(component, what[0].revents != 0 ? "told to end"
                                           : "the supervisor is gone: ending");
}

} // namespace troupe::wiring
