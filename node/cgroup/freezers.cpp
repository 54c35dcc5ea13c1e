#include "node/cgroup/group_files.hpp"
#include "node/cgroup/kernel_text.hpp"
#include "node/cgroup/process_group.hpp"
#include "node/sys/os_error.hpp"

#include <fcntl.h>

namespace troupe::cgroup {

namespace {

using namespace std::chrono_literals;

// v1 has no event for a change of state: it is asked again after this time.
constexpr duration ask_again = 2ms;

error too_late(const char* what, const std::string& directory) {
  return error{errc::expired, std::string{what} + " " + directory
                                  + ": the deadline has passed"};
}

/// Brings the groups below to run, too: each keeps an order of its own.
template <class F>
status_result for_all_below(const std::string& mount, std::string_view group,
                            F action) {
  if (auto done = action(group); !done)
    return done;
  const auto below = list_groups(join(mount, group));
  if (!below)
    return below.error();
  for (const auto& name : *below) {
    auto done = for_all_below(mount, join(group, name), action);
    if (!done && done.error().code != errc::not_found)
      return done;
  }
  return unit{};
}

class v1_freezer final : public group_freezer {
public:
  explicit v1_freezer(std::string mount) : mount_(std::move(mount)) {}

  status_result freeze(std::string_view group, const patience& until) override {
    return reach(group, "FROZEN", until);
  }

  status_result thaw(std::string_view group, const patience& until) override {
    return for_all_below(mount_, group, [&](std::string_view each) {
      return reach(each, "THAWED", until);
    });
  }

  status_result kill_at_once(std::string_view) override {
    return error{errc::unsupported, "cgroup v1 kills no group at once"};
  }

private:
  /// A group that forks while it freezes stays in between until it is told
  /// again. Only a thawed parent lets a group thaw.
  status_result reach(std::string_view group, std::string_view state,
                      const patience& until) const {
    const auto directory = join(mount_, group);
    const auto file = join(directory, "freezer.state");
    for (;;) {
      if (auto set = write_control(file, state); !set)
        return set;
      const auto now = read_control(file);
      if (!now)
        return now.error();
      if (trimmed(*now) == state)
        return unit{};
      if (until.over())
        return too_late("freeze or thaw", directory);
      until.wait({}, ask_again);
    }
  }

  std::string mount_;
};

class v2_freezer final : public group_freezer {
public:
  explicit v2_freezer(std::string mount) : mount_(std::move(mount)) {}

  status_result freeze(std::string_view group, const patience& until) override {
    return reach(group, 1, until);
  }

  status_result thaw(std::string_view group, const patience& until) override {
    return for_all_below(mount_, group, [&](std::string_view each) {
      return reach(each, 0, until);
    });
  }

  status_result kill_at_once(std::string_view group) override {
    auto killed = write_control(join(join(mount_, group), "cgroup.kill"), "1");
    // Kernels before 5.14 have no such file.
    if (!killed && killed.error().code == errc::not_found)
      return error{errc::unsupported, killed.error().message};
    return killed;
  }

private:
  status_result reach(std::string_view group, std::uint64_t frozen,
                      const patience& until) const {
    const auto directory = join(mount_, group);
    const auto events = join(directory, "cgroup.events");
    // Opened before the write: an event in between is not lost, because a
    // change since the last read makes the descriptor ready.
    const unique_fd changes{::open(events.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!changes)
      return sys::os_error("open", events);
    auto set =
        write_control(join(directory, "cgroup.freeze"), std::to_string(frozen));
    if (!set)
      return set;
    for (;;) {
      const auto now = read_control(events);
      if (!now)
        return now.error();
      if (keyed_number(*now, "frozen") == frozen)
        return unit{};
      if (until.over())
        return too_late("freeze or thaw", directory);
      until.wait({{changes.get(), POLLPRI, 0}}, 1s);
    }
  }

  std::string mount_;
};

} // namespace

std::unique_ptr<group_freezer> make_v1_freezer(std::string mount) {
  return std::make_unique<v1_freezer>(std::move(mount));
}

std::unique_ptr<group_freezer> make_v2_freezer(std::string mount) {
  return std::make_unique<v2_freezer>(std::move(mount));
}

} // namespace troupe::cgroup
