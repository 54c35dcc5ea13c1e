#include "node/sys/process_handle.hpp"

#include "node/sys/os_error.hpp"

#include <sys/syscall.h>
#include <unistd.h>

namespace troupe::sys {

result<unique_fd> open_process(pid_t pid) {
  unique_fd process{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
  if (!process)
    return os_error("open process", std::to_string(pid));
  return process;
}

status_result signal_process(const unique_fd& process, int signal) {
  if (::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) != 0)
    return os_error("signal", "a process");
  return unit{};
}

} // namespace troupe::sys
