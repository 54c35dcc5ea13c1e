#include "node/sandbox/shim_process.hpp"

#include "node/sys/memory_file.hpp"
#include "node/sys/memory_mount.hpp"
#include "node/sys/os_error.hpp"
#include "node/sys/packet_socket.hpp"
#include "node/sys/process_handle.hpp"
#include "node/sys/spawn_detached.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

namespace troupe::sandbox {

namespace {

constexpr auto shm_name = "shm";

constexpr std::size_t journal_size_max =
    2 * shim::journal_records_max * sizeof(shim::journal_record);

/// This boot's id as 16 octets.
std::string boot_id() {
  std::ifstream file{"/proc/sys/kernel/random/boot_id"};
  std::string digits;
  for (char c = '\0'; file.get(c);)
    if (c != '-' && c > ' ')
      digits += c;
  std::string octets;
  for (std::size_t at = 0; at + 2 <= digits.size(); at += 2)
    octets += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
  return octets;
}

/// Field 22 of /proc/<pid>/stat (proc_pid_stat(5)); 0 when there is none.
std::uint64_t start_ticks(pid_t pid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
  std::ostringstream all;
  all << file.rdbuf();
  const auto text = all.str();
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos)
    return 0;
  std::istringstream fields{text.substr(name_end + 1)};
  std::string field;
  for (int number = 3; number < 22; ++number)
    fields >> field;
  std::uint64_t ticks = 0;
  fields >> ticks;
  return ticks;
}

/// Whether a shim has the journal. To connect would throw its agent out.
bool is_alive(const unique_fd& directory) {
  const unique_fd journal{
      openat(directory.get(), shim::journal_name, O_RDONLY | O_CLOEXEC)};
  return journal && flock(journal.get(), LOCK_SH | LOCK_NB) != 0
         && errno == EWOULDBLOCK;
}

} // namespace

result<unique_fd> open_directory(const std::string& path) {
  unique_fd directory{open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!directory)
    return sys::os_error("open", path);
  return directory;
}

result<unique_fd> start_shim(const unique_fd& program,
                             const unique_fd& directory,
                             const std::string& title) {
  if (is_alive(directory))
    return error{errc::already_exists, "the pod has a shim"};
  // The socket is there before the shim: to connect never comes too early.
  auto listener = sys::listen_packets(directory, shim::socket_name);
  if (!listener)
    return listener.error();
  const auto started = sys::run_detaching(program, {"troupe-shim", title},
                                          {listener->get(), directory.get()});
  if (!started)
    return started.error();
  listener->reset();
  return sys::connect_packets(directory, shim::socket_name);
}

result<std::vector<journal_entry>> read_journal(const unique_fd& directory) {
  bytes all;
  for (const auto* name : {shim::old_journal_name, shim::journal_name}) {
    unique_fd file{openat(directory.get(), name, O_RDONLY | O_CLOEXEC)};
    if (!file && errno == ENOENT)
      continue;
    if (!file)
      return sys::os_error("open the journal", name);
    const auto content = sys::read_all(file, journal_size_max);
    if (!content)
      return content.error();
    all += *content;
  }
  if (all.empty() && faccessat(directory.get(), shim::journal_name, F_OK, 0))
    return error{errc::not_found, "there is no sandbox"};
  return parse_journal(all);
}

void kill_leftovers(const std::vector<journal_entry>& entries,
                    duration timeout) {
  const auto boot = boot_id();
  for (const auto& entry : entries) {
    if (entry.state.phase != container_phase::lost || entry.boot_id != boot
        || entry.state.pid <= 1)
      continue;
    // The descriptor first: what it names cannot change under the comparison.
    const auto process = sys::open_process(entry.state.pid);
    if (process && entry.start_ticks != 0
        && start_ticks(entry.state.pid) == entry.start_ticks)
      if (sys::signal_process(*process, SIGKILL))
        wait_for_end(*process, timeout);
  }
}

bool wait_for_end(const unique_fd& process, duration timeout) {
  pollfd one{process.get(), POLLIN, 0};
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count();
  return poll(&one, 1, static_cast<int>(left)) == 1;
}

std::string shm_path(const std::string& directory) {
  return directory + "/" + shm_name;
}

void remove_sandbox(const unique_fd& directory, const std::string& path) {
  static_cast<void>(sys::unmount_over(shm_path(path)));
  unlinkat(directory.get(), shm_name, AT_REMOVEDIR);
  for (const auto* name :
       {shim::socket_name, shim::journal_name, shim::old_journal_name})
    unlinkat(directory.get(), name, 0);
  rmdir(path.c_str());
}

} // namespace troupe::sandbox
