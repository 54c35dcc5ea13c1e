#include "node/cgroup/group_files.hpp"
#include "node/cgroup/kernel_text.hpp"
#include "node/cgroup/limit_files.hpp"

#include <algorithm>

namespace troupe::cgroup {

namespace {

constexpr auto limit_file = "memory.limit_in_bytes";
constexpr auto swap_limit_file = "memory.memsw.limit_in_bytes";

/// One v1 hierarchy per cgroup controller, each with the same tree of groups.
class v1_limit_files final : public limit_files {
public:
  explicit v1_limit_files(const hierarchies& found) : found_(found) {}

  std::vector<std::string> mounts() const override {
    std::vector<std::string> all;
    for (const auto& [controller, mount] : found_.v1)
      if (std::find(all.begin(), all.end(), mount) == all.end())
        all.push_back(mount);
    return all;
  }

  status_result make(std::string_view group) override {
    for (const auto& mount : mounts())
      for (const auto& step : steps_down(mount, group)) {
        if (auto made = make_group(step.directory); !made)
          return made;
        if (auto filled = fill_cpuset(mount, step); !filled)
          return filled;
      }
    return unit{};
  }

  status_result apply(std::string_view group, const limits& wanted) override {
    if (auto set = apply_cpuset(group, wanted); !set)
      return set;
    if (wanted.cpu_shares)
      if (auto set = write("cpu", group, "cpu.shares",
                           std::to_string(*wanted.cpu_shares));
          !set)
        return set;
    if (auto set = apply_bandwidth(group, wanted); !set)
      return set;
    if (wanted.memory_max_bytes)
      if (auto set = apply_memory(group, *wanted.memory_max_bytes); !set)
        return set;
    if (wanted.pids_max)
      return write("pids", group, "pids.max", limit_text(*wanted.pids_max));
    return unit{};
  }

  result<limits> read(std::string_view group) override {
    limits now;
    now.cpu_shares = number("cpu", group, "cpu.shares");
    now.cpu_quota_us = limit("cpu", group, "cpu.cfs_quota_us");
    now.cpu_period_us = number("cpu", group, "cpu.cfs_period_us");
    now.memory_max_bytes = limit("memory", group, limit_file);
    now.pids_max = limit("pids", group, "pids.max");
    now.cpuset_cpus = word("cpuset", group, "cpuset.cpus");
    now.cpuset_mems = word("cpuset", group, "cpuset.mems");
    if (!now.memory_max_bytes)
      return error{errc::not_found,
                   "cgroup " + std::string{group} + ": no such group"};
    return now;
  }

  result<usage> read_usage(std::string_view group) override {
    const auto memory = text("memory", group, "memory.stat");
    if (!memory)
      return memory.error();
    const auto keyed = [](const bytes& lines, const char* key) {
      return keyed_number(lines, key).value_or(0);
    };
    usage used;
    used.memory_bytes =
        number("memory", group, "memory.usage_in_bytes").value_or(0);
    const auto inactive = keyed(*memory, "total_inactive_file");
    used.memory_working_set_bytes =
        used.memory_bytes - std::min(used.memory_bytes, inactive);
    used.memory_rss_bytes = keyed(*memory, "total_rss");
    used.page_faults = keyed(*memory, "total_pgfault");
    used.major_page_faults = keyed(*memory, "total_pgmajfault");
    used.cpu_ns = number("cpuacct", group, "cpuacct.usage").value_or(0);
    used.pids = number("pids", group, "pids.current").value_or(0);
    if (const auto cpu = text("cpu", group, "cpu.stat")) {
      used.cpu_periods = keyed(*cpu, "nr_periods");
      used.cpu_throttled = keyed(*cpu, "nr_throttled");
      used.cpu_throttled_ns = keyed(*cpu, "throttled_time");
    }
    return used;
  }

  result<std::uint64_t> oom_kills(std::string_view group) override {
    const auto control = text("memory", group, "memory.oom_control");
    if (!control)
      return control.error();
    if (const auto kills = keyed_number(*control, "oom_kill"))
      return *kills;
    return error{errc::unsupported,
                 "memory.oom_control does not count kills on this kernel"};
  }

private:
  /// The control file's path; nothing when the controller is not mounted.
  std::optional<std::string> path(std::string_view controller,
                                  std::string_view group,
                                  std::string_view file) const {
    const auto mount = found_.v1.find(controller);
    if (mount == found_.v1.end())
      return std::nullopt;
    return join(join(mount->second, group), file);
  }

  status_result write(std::string_view controller, std::string_view group,
                      std::string_view file, std::string_view value) const {
    const auto target = path(controller, group, file);
    if (!target)
      return error{errc::unsupported, "the cgroup controller "
                                          + std::string{controller}
                                          + " is not mounted"};
    return write_control(*target, value);
  }

  result<bytes> text(std::string_view controller, std::string_view group,
                     std::string_view file) const {
    const auto source = path(controller, group, file);
    if (!source)
      return error{errc::unsupported, "the cgroup controller "
                                          + std::string{controller}
                                          + " is not mounted"};
    return read_control(*source);
  }

  std::optional<std::uint64_t> number(std::string_view controller,
                                      std::string_view group,
                                      std::string_view file) const {
    const auto content = text(controller, group, file);
    return content ? parse_number(*content) : std::nullopt;
  }

  std::optional<std::int64_t> limit(std::string_view controller,
                                    std::string_view group,
                                    std::string_view file) const {
    const auto content = text(controller, group, file);
    return content ? parse_limit(*content) : std::nullopt;
  }

  std::optional<std::string> word(std::string_view controller,
                                  std::string_view group,
                                  std::string_view file) const {
    const auto content = text(controller, group, file);
    if (!content)
      return std::nullopt;
    return std::string{trimmed(*content)};
  }

  /// A new cpuset is empty, and no process may enter it before it has CPUs
  /// and memory nodes: it begins with those of the group above.
  status_result fill_cpuset(const std::string& mount,
                            const step_down& step) const {
    const auto cpuset = found_.v1.find("cpuset");
    if (cpuset == found_.v1.end() || cpuset->second != mount)
      return unit{};
    for (const auto* file : {"cpuset.cpus", "cpuset.mems"}) {
      const auto own = read_control(join(step.directory, file));
      if (!own)
        return own.error();
      if (!trimmed(*own).empty())
        continue;
      const auto above = read_control(join(step.parent, file));
      if (!above)
        return above.error();
      auto copied = write_control(join(step.directory, file), trimmed(*above));
      if (!copied)
        return copied;
    }
    return unit{};
  }

  status_result apply_cpuset(std::string_view group, const limits& wanted) {
    if (wanted.cpuset_cpus)
      if (auto set = write("cpuset", group, "cpuset.cpus", *wanted.cpuset_cpus);
          !set)
        return set;
    if (wanted.cpuset_mems)
      return write("cpuset", group, "cpuset.mems", *wanted.cpuset_mems);
    return unit{};
  }

  /// Quota and period are two files, and between the two writes the ratio
  /// must not pass the parent's: without a quota the period is free.
  status_result apply_bandwidth(std::string_view group, const limits& wanted) {
    auto quota = wanted.cpu_quota_us;
    const auto period = number("cpu", group, "cpu.cfs_period_us");
    if (wanted.cpu_period_us && wanted.cpu_period_us != period) {
      if (!quota)
        quota = limit("cpu", group, "cpu.cfs_quota_us");
      if (auto lifted = write("cpu", group, "cpu.cfs_quota_us", "-1"); !lifted)
        return lifted;
      if (auto set = write("cpu", group, "cpu.cfs_period_us",
                           std::to_string(*wanted.cpu_period_us));
          !set)
        return set;
    }
    if (!quota)
      return unit{};
    return write("cpu", group, "cpu.cfs_quota_us", std::to_string(*quota));
  }

  /// Memory and swap together get the memory's limit, so that swap adds
  /// nothing. Their sum may never be the smaller limit, which decides the
  /// order. Kernels without swap accounting have one file only.
  status_result apply_memory(std::string_view group, std::int64_t bytes) {
    const auto value = std::to_string(bytes);
    const auto sum = limit("memory", group, swap_limit_file);
    if (!sum)
      return write("memory", group, limit_file, value);
    const bool raised =
        *sum != unlimited && (bytes == unlimited || bytes > *sum);
    const auto* first = raised ? swap_limit_file : limit_file;
    const auto* second = raised ? limit_file : swap_limit_file;
    if (auto set = write("memory", group, first, value); !set)
      return set;
    return write("memory", group, second, value);
  }

  hierarchies found_;
};

} // namespace

std::unique_ptr<limit_files> make_v1_limit_files(const hierarchies& found) {
  return std::make_unique<v1_limit_files>(found);
}

} // namespace troupe::cgroup
