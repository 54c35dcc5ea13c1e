#include "node/cgroup/process_group.hpp"

#include "node/cgroup/group_files.hpp"
#include "node/cgroup/kernel_text.hpp"
#include "node/sys/process_handle.hpp"

#include <fcntl.h>
#include <signal.h>

#include <algorithm>
#include <optional>
#include <span>

namespace troupe::cgroup {

namespace {

using namespace std::chrono_literals;

// Each process is held by a descriptor while it is killed, so many at a time.
constexpr std::size_t handles_max = 256;
// The kernel tells of the end of a process, not of one that moved away.
constexpr duration look_again = 50ms;
// A directory whose last process just ended is busy for a moment.
constexpr duration remove_again = 2ms;
// A group that outruns so many rounds forks as fast as it is killed.
constexpr int rounds_before_freezing = 4;

void append_processes(const std::string& directory, std::vector<pid_t>& all,
                      std::optional<error>& failure) {
  const auto note = [&](const error& what) {
    if (what.code != errc::not_found) // gone in the meantime
      failure = what;
  };
  if (const auto own = read_control(join(directory, "cgroup.procs"))) {
    const auto pids = parse_pids(*own);
    all.insert(all.end(), pids.begin(), pids.end());
  } else {
    note(own.error());
  }
  const auto below = list_groups(directory);
  if (!below)
    return note(below.error());
  for (const auto& name : *below)
    append_processes(join(directory, name), all, failure);
}

void sort_unique(std::vector<pid_t>& pids) {
  std::sort(pids.begin(), pids.end());
  pids.erase(std::unique(pids.begin(), pids.end()), pids.end());
}

struct victim {
  pid_t pid;
  unique_fd handle;
};

std::vector<victim> take_hold(std::span<const pid_t> pids) {
  std::vector<victim> victims;
  for (const auto pid : pids)
    if (auto handle = sys::open_process(pid))
      victims.push_back({pid, std::move(*handle)});
  return victims;
}

/// Kills each that is still in the group: between the list and the opening a
/// process may have ended and its id gone to a stranger.
result<std::vector<victim>> kill_some(const std::vector<std::string>& mounts,
                                      std::string_view group,
                                      std::span<const pid_t> pids) {
  auto victims = take_hold(pids);
  const auto still = find_processes(mounts, group);
  if (!still)
    return still.error();
  std::erase_if(victims, [&](const victim& it) {
    return !std::binary_search(still->begin(), still->end(), it.pid);
  });
  for (const auto& it : victims)
    static_cast<void>(sys::signal_process(it.handle, SIGKILL));
  return victims;
}

/// Kills all and returns the last of them, to wait for.
result<std::vector<victim>> kill_round(const std::vector<std::string>& mounts,
                                       std::string_view group,
                                       std::span<const pid_t> pids) {
  for (;;) {
    const auto count = std::min(pids.size(), handles_max);
    auto victims = kill_some(mounts, group, pids.first(count));
    pids = pids.subspan(count);
    if (!victims || pids.empty())
      return victims;
  }
}

void wait_for_any(const std::vector<victim>& victims, const patience& until) {
  std::vector<pollfd> ends;
  for (const auto& it : victims)
    ends.push_back({it.handle.get(), POLLIN, 0});
  until.wait(std::move(ends), look_again);
}

error still_there(const std::vector<pid_t>& pids, std::string_view group) {
  return error{errc::expired, "kill cgroup " + std::string{group} + ": "
                                  + std::to_string(pids.size())
                                  + " processes are left, among them "
                                  + std::to_string(pids.front())};
}

struct first_process {
  pid_t pid = 0;
  std::string directory;
};

void find_first(const std::string& directory, first_process& first) {
  if (const auto own = read_control(join(directory, "cgroup.procs")))
    for (const auto pid : parse_pids(*own))
      if (pid > 0 && (first.pid == 0 || pid < first.pid))
        first = {pid, directory};
  if (const auto below = list_groups(directory))
    for (const auto& name : *below)
      find_first(join(directory, name), first);
}

} // namespace

std::string find_entrance(const std::string& directory) {
  const auto granted = read_control(join(directory, "cgroup.subtree_control"));
  if (!granted || trimmed(*granted).empty())
    return directory;
  first_process first;
  find_first(directory, first);
  return first.pid != 0 ? first.directory : directory;
}

result<std::vector<pid_t>> find_processes(const std::string& directory) {
  std::vector<pid_t> all;
  std::optional<error> failure;
  append_processes(directory, all, failure);
  if (failure)
    return *failure;
  sort_unique(all);
  return all;
}

result<std::vector<pid_t>>
find_processes(const std::vector<std::string>& mounts, std::string_view group) {
  std::vector<pid_t> all;
  for (const auto& mount : mounts) {
    const auto some = find_processes(join(mount, group));
    if (!some)
      return some.error();
    all.insert(all.end(), some->begin(), some->end());
  }
  sort_unique(all);
  return all;
}

status_result kill_all(const std::vector<std::string>& mounts,
                       std::string_view group, group_freezer& freezer,
                       const patience& until) {
  for (int round = 0;; ++round) {
    const auto pids = find_processes(mounts, group);
    if (!pids)
      return pids.error();
    if (pids->empty())
      return unit{};
    if (until.over())
      return still_there(*pids, group);
    const bool at_once = freezer.kill_at_once(group).has_value();
    // Whether it freezes or not: what is frozen dies only when thawed.
    if (!at_once && round >= rounds_before_freezing)
      static_cast<void>(freezer.freeze(group, until));
    const auto victims = kill_round(mounts, group, *pids);
    if (!at_once)
      static_cast<void>(freezer.thaw(group, until));
    if (!victims)
      return victims.error();
    wait_for_any(*victims, until);
  }
}

status_result remove_tree(const std::string& directory, const patience& until) {
  for (;;) {
    const auto below = list_groups(directory);
    if (!below && below.error().code == errc::not_found)
      return unit{};
    if (!below)
      return below.error();
    for (const auto& name : *below)
      if (auto removed = remove_tree(join(directory, name), until); !removed)
        return removed;
    auto removed = remove_group(directory);
    if (removed || removed.error().code != errc::conflict)
      return removed;
    if (until.over())
      return error{errc::expired, removed.error().message};
    // v2 tells when the last process leaves; elsewhere there is nothing to
    // wait for but time.
    const unique_fd changes{
        ::open(join(directory, "cgroup.events").c_str(), O_RDONLY | O_CLOEXEC)};
    if (changes && find_processes(directory)
        && !find_processes(directory)->empty())
      until.wait({{changes.get(), POLLPRI, 0}}, look_again);
    else
      until.wait({}, remove_again);
  }
}

} // namespace troupe::cgroup
