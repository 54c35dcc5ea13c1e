#include "bootstrap/process/identity.hpp"

#include "runtime/base/clock.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <iterator>

// glibc 2.36 declares these without extern "C".
extern "C" {
#include <sys/pidfd.h>
}

namespace troupe::process {

namespace {

/// SIGKILL takes effect at once unless the process is stuck in the kernel.
constexpr auto kill_patience = std::chrono::seconds{10};

std::string read_proc(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string boot_id() {
  auto text = read_proc("/proc/sys/kernel/random/boot_id");
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  return text;
}

int milliseconds(duration value) {
  const auto count =
      std::chrono::ceil<std::chrono::milliseconds>(value).count();
  return static_cast<int>(std::clamp<long long>(count, 0, 1 << 30));
}

} // namespace

std::optional<stat_line> parse_stat(std::string_view text) {
  // "pid (name) state ppid ...": the name may hold ") ", so its end is the
  // last parenthesis. The state is field 3, the start time field 22.
  const auto end = text.rfind(") ");
  if (end == std::string_view::npos || end + 2 >= text.size())
    return std::nullopt;
  text.remove_prefix(end + 2);
  stat_line out;
  out.state = text.front();
  for (int field = 3; field < 22; ++field) {
    const auto blank = text.find(' ');
    if (blank == std::string_view::npos)
      return std::nullopt;
    text.remove_prefix(blank + 1);
  }
  const auto* last = text.data() + text.size();
  if (std::from_chars(text.data(), last, out.start_ticks).ec != std::errc{})
    return std::nullopt;
  return out;
}

std::optional<identity> identify(int pid) {
  if (pid <= 0)
    return std::nullopt;
  const auto stat =
      parse_stat(read_proc("/proc/" + std::to_string(pid) + "/stat"));
  if (!stat || stat->state == 'Z' || stat->state == 'X')
    return std::nullopt;
  return identity{pid, stat->start_ticks, boot_id()};
}

bool is_alive(const identity& who) {
  return identify(who.pid) == who;
}

std::optional<duration> uptime(const identity& who) {
  if (!is_alive(who))
    return std::nullopt;
  double since_boot = 0;
  std::ifstream{"/proc/uptime"} >> since_boot;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto seconds =
      since_boot - static_cast<double>(who.start_ticks) / ticks;
  return std::chrono::duration_cast<duration>(
      std::chrono::duration<double>{std::max(seconds, 0.0)});
}

unique_fd open_process(const identity& who) {
  if (who.pid <= 0)
    return {};
  unique_fd out{pidfd_open(who.pid, 0)};
  // The handle is of whatever had the number just now: look again.
  if (out && !is_alive(who))
    return {};
  return out;
}

bool send_signal(const unique_fd& process, int signal) {
  return process && pidfd_send_signal(process.get(), signal, nullptr, 0) == 0;
}

bool wait_for_end(const unique_fd& process, duration timeout) {
  if (!process)
    return true;
  const auto deadline = mono_now() + timeout;
  for (;;) {
    pollfd what{process.get(), POLLIN, 0};
    const auto left = deadline - mono_now();
    const int n = poll(&what, 1, milliseconds(left));
    if (n > 0)
      return true;
    if ((n == 0 || errno != EINTR) && mono_now() >= deadline)
      return false;
  }
}

bool end_process(const identity& who, duration patience) {
  const auto process = open_process(who);
  if (!process)
    return true;
  send_signal(process, SIGTERM);
  if (wait_for_end(process, patience))
    return true;
  send_signal(process, SIGKILL);
  return wait_for_end(process, kill_patience);
}

} // namespace troupe::process
