#include "node/sandbox/describe.hpp"

#include "messages/base/crc32c.hpp"
#include "node/shim/plan.hpp"
#include "node/sys/os_error.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>

namespace troupe::sandbox {

namespace {

/// The reason as programs in Go write it, which is what users know.
std::string reason(int number) {
  auto text = std::generic_category().message(number);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z')
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

/// Text in an array that may lack its zero.
template <std::size_t Size>
std::string text_of(const char (&text)[Size]) {
  return {text, strnlen(text, Size)};
}

error describe_execution(const shim::outcome& how, const std::string& name) {
  const auto code = sys::code_of(how.error);
  if ((how.flags & shim::failed_found) != 0)
    return {code, "exec " + name + ": " + reason(how.error)};
  const auto front = "exec: \"" + name + "\": ";
  if (how.error == ENOENT && name.find('/') == std::string::npos)
    return {code, front + "executable file not found in $PATH"};
  if (how.error == ENOENT || how.error == ENOTDIR)
    return {errc::not_found, front + "stat " + name + ": " + reason(how.error)};
  return {code, front + reason(how.error)};
}

std::string operation(shim::op step) {
  using shim::op;
  switch (step) {
    case op::hostname:
      return "set the hostname";
    case op::sysctl:
      return "set the sysctl";
    case op::enter_cgroup:
      return "enter a cgroup";
    case op::unshare:
      return "make namespaces";
    case op::join:
      return "enter the container's namespaces";
    case op::mount_root:
    case op::enter_root:
      return "enter the root directory";
    case op::mount_descriptor:
    case op::mount_filesystem:
    case op::bind:
      return "mount";
    case op::mask:
      return "mask";
    case op::read_only:
    case op::remount_read_only:
      return "make read only";
    case op::working_directory:
      return "chdir to cwd";
    case op::user:
      return "take the user's ids";
    case op::capabilities:
      return "set capabilities";
    case op::seccomp:
      return "load the seccomp filter";
    default:
      return "prepare the process";
  }
}

bool take_record(bytes_view& data, shim::journal_record& record) {
  std::memcpy(&record, data.data(), sizeof(record));
  constexpr auto covered = offsetof(shim::journal_record, version);
  const bool sound =
      record.magic == shim::journal_magic
      && record.version == shim::journal_version
      && record.crc == crc32c(data.substr(covered, sizeof(record) - covered));
  data.remove_prefix(sound ? sizeof(record) : 1);
  return sound;
}

void apply_record(std::vector<journal_entry>& entries,
                  const shim::journal_record& record) {
  const auto id = text_of(record.id);
  auto found = std::find_if(entries.begin(), entries.end(),
                            [&](const auto& e) { return e.state.id == id; });
  if (found == entries.end()) {
    entries.emplace_back();
    found = entries.end() - 1;
    found->state.id = id;
  }
  auto& state = found->state;
  state.phase = container_phase::lost;
  state.pid = static_cast<pid_t>(record.pid);
  state.started_at = wall_time{duration{record.started_at}};
  state.tty = (record.flags & shim::process_tty) != 0;
  state.log_dropped = record.log_dropped;
  found->start_ticks = record.start_ticks;
  found->boot_id.assign(reinterpret_cast<const char*>(record.boot_id),
                        sizeof(record.boot_id));
  if (record.kind != shim::journal_exited)
    return;
  state.phase = container_phase::exited;
  state.exit =
      to_exit_status(record.status, record.started_at, record.finished_at);
}

} // namespace

error describe(const shim::outcome& how) {
  const auto detail = text_of(how.detail);
  const auto step = static_cast<shim::op>(how.step);
  if (step == shim::op::execute)
    return describe_execution(how, detail);
  if (how.error == ECANCELED)
    return {errc::io_error, "the process was killed before it could start"};
  if (how.error == ESRCH)
    return {errc::not_found, "the container is not running"};
  if (how.error == EEXIST)
    return {errc::already_exists, "there is a container " + detail};
  if (how.error == EMFILE)
    return {errc::too_large, "too many " + detail + " in this pod"};
  auto text = how.step != 0 ? operation(step) : std::string{"start"};
  if (step == shim::op::working_directory)
    text += " (\"" + detail + "\") failed";
  else if (!detail.empty())
    text += " " + detail;
  return {sys::code_of(how.error), text + ": " + reason(how.error)};
}

exit_status to_exit_status(std::int32_t status, std::int64_t started_at,
                           std::int64_t finished_at) {
  exit_status result;
  if (WIFSIGNALED(status)) {
    result.signal = WTERMSIG(status);
    result.code = 128 + result.signal;
  } else {
    result.code = WEXITSTATUS(status);
  }
  result.started_at = wall_time{duration{started_at}};
  result.finished_at = wall_time{duration{finished_at}};
  return result;
}

container_state to_state(const shim::container_record& record) {
  container_state state;
  state.id = text_of(record.id);
  state.pid = static_cast<pid_t>(record.pid);
  state.started_at = wall_time{duration{record.started_at}};
  state.tty = (record.flags & shim::process_tty) != 0;
  state.log_dropped = record.log_dropped;
  if (record.phase == shim::phase_exited) {
    state.phase = container_phase::exited;
    state.exit =
        to_exit_status(record.status, record.started_at, record.finished_at);
  }
  return state;
}

std::vector<journal_entry> parse_journal(bytes_view data) {
  std::vector<journal_entry> entries;
  shim::journal_record record;
  while (data.size() >= sizeof(record))
    if (take_record(data, record))
      apply_record(entries, record);
  return entries;
}

} // namespace troupe::sandbox
