#include "node/cgroup/cpu_units.hpp"
#include "node/cgroup/group_files.hpp"
#include "node/cgroup/kernel_text.hpp"
#include "node/cgroup/limit_files.hpp"

#include <algorithm>
#include <array>

namespace troupe::cgroup {

namespace {

constexpr std::array wanted_controllers{"cpuset", "cpu", "memory", "pids"};

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// One hierarchy with every cgroup controller.
class v2_limit_files final : public limit_files {
public:
  explicit v2_limit_files(const hierarchies& found) : mount_(found.unified) {}

  std::vector<std::string> mounts() const override { return {mount_}; }

  status_result make(std::string_view group) override {
    for (const auto& step : steps_down(mount_, group)) {
      if (auto granted = grant_controllers(step.parent); !granted)
        return granted;
      if (auto made = make_group(step.directory); !made)
        return made;
    }
    return unit{};
  }

  status_result apply(std::string_view group, const limits& wanted) override {
    for (const auto& [file, value] : writes(group, wanted))
      if (auto set = write_control(path(group, file), value); !set)
        return set;
    return unit{};
  }

  result<limits> read(std::string_view group) override {
    if (!exists(path(group, "cgroup.procs")))
      return error{errc::not_found,
                   "cgroup " + std::string{group} + ": no such group"};
    limits now;
    if (const auto weight = number(group, "cpu.weight"))
      now.cpu_shares = weight_to_shares(*weight);
    if (const auto cpu = bandwidth_of(group)) {
      now.cpu_quota_us = cpu->quota_us;
      now.cpu_period_us = cpu->period_us;
    }
    now.memory_max_bytes = limit(group, "memory.max");
    now.memory_min_bytes = number(group, "memory.min");
    now.memory_low_bytes = number(group, "memory.low");
    if (const auto whole = number(group, "memory.oom.group"))
      now.memory_oom_group = *whole == 1;
    now.pids_max = limit(group, "pids.max");
    now.cpuset_cpus = word(group, "cpuset.cpus");
    now.cpuset_mems = word(group, "cpuset.mems");
    return now;
  }

  result<usage> read_usage(std::string_view group) override {
    const auto cpu = read_control(path(group, "cpu.stat"));
    if (!cpu)
      return cpu.error();
    const auto memory = read_control(path(group, "memory.stat"));
    if (!memory)
      return memory.error();
    const auto keyed = [](const bytes& lines, const char* key) {
      return keyed_number(lines, key).value_or(0);
    };
    constexpr std::uint64_t ns_per_us = 1000;
    usage used;
    used.cpu_ns = keyed(*cpu, "usage_usec") * ns_per_us;
    used.cpu_periods = keyed(*cpu, "nr_periods");
    used.cpu_throttled = keyed(*cpu, "nr_throttled");
    used.cpu_throttled_ns = keyed(*cpu, "throttled_usec") * ns_per_us;
    used.memory_bytes = number(group, "memory.current").value_or(0);
    const auto inactive = keyed(*memory, "inactive_file");
    used.memory_working_set_bytes =
        used.memory_bytes - std::min(used.memory_bytes, inactive);
    used.memory_rss_bytes = keyed(*memory, "anon");
    used.page_faults = keyed(*memory, "pgfault");
    used.major_page_faults = keyed(*memory, "pgmajfault");
    used.pids = number(group, "pids.current").value_or(0);
    return used;
  }

  result<std::uint64_t> oom_kills(std::string_view group) override {
    const auto events = read_control(path(group, "memory.events"));
    if (!events)
      return events.error();
    return keyed_number(*events, "oom_kill").value_or(0);
  }

private:
  struct control_write {
    std::string file;
    std::string value;
  };

  std::string path(std::string_view group, std::string_view file) const {
    return join(join(mount_, group), file);
  }

  std::optional<std::uint64_t> number(std::string_view group,
                                      std::string_view file) const {
    const auto content = read_control(path(group, file));
    return content ? parse_number(*content) : std::nullopt;
  }

  std::optional<std::int64_t> limit(std::string_view group,
                                    std::string_view file) const {
    const auto content = read_control(path(group, file));
    return content ? parse_limit(*content) : std::nullopt;
  }

  std::optional<std::string> word(std::string_view group,
                                  std::string_view file) const {
    const auto content = read_control(path(group, file));
    if (!content)
      return std::nullopt;
    return std::string{trimmed(*content)};
  }

  std::optional<bandwidth> bandwidth_of(std::string_view group) const {
    const auto content = read_control(path(group, "cpu.max"));
    return content ? parse_bandwidth(*content) : std::nullopt;
  }

  /// Groups in `directory` may use the cgroup controllers it has itself.
  status_result grant_controllers(const std::string& directory) const {
    const auto own = read_control(join(directory, "cgroup.controllers"));
    if (!own)
      return own.error();
    const auto file = join(directory, "cgroup.subtree_control");
    const auto granted = read_control(file);
    if (!granted)
      return granted.error();
    const auto available = parse_words(*own);
    const auto present = parse_words(*granted);
    for (const auto* controller : wanted_controllers)
      if (has(available, controller) && !has(present, controller))
        if (auto set = write_control(file, std::string{"+"} + controller); !set)
          return set;
    return unit{};
  }

  void cpu_writes(std::string_view group, const limits& wanted,
                  std::vector<control_write>& all) const {
    if (wanted.cpu_shares)
      all.push_back(
          {"cpu.weight", std::to_string(shares_to_weight(*wanted.cpu_shares))});
    if (!wanted.cpu_quota_us && !wanted.cpu_period_us)
      return;
    const auto now =
        bandwidth_of(group).value_or(bandwidth{unlimited, period_default_us});
    all.push_back(
        {"cpu.max",
         limit_text(wanted.cpu_quota_us.value_or(now.quota_us)) + " "
             + std::to_string(wanted.cpu_period_us.value_or(now.period_us))});
  }

  void memory_writes(std::string_view group, const limits& wanted,
                     std::vector<control_write>& all) const {
    if (wanted.memory_max_bytes) {
      // Swap first: between the two writes nothing may flee there. Kernels
      // without swap accounting lack the file.
      if (exists(path(group, "memory.swap.max")))
        all.push_back({"memory.swap.max",
                       *wanted.memory_max_bytes == unlimited ? "max" : "0"});
      all.push_back({"memory.max", limit_text(*wanted.memory_max_bytes)});
    }
    if (wanted.memory_min_bytes)
      all.push_back({"memory.min", std::to_string(*wanted.memory_min_bytes)});
    if (wanted.memory_low_bytes)
      all.push_back({"memory.low", std::to_string(*wanted.memory_low_bytes)});
    if (wanted.memory_oom_group)
      all.push_back({"memory.oom.group", *wanted.memory_oom_group ? "1" : "0"});
  }

  std::vector<control_write> writes(std::string_view group,
                                    const limits& wanted) const {
    std::vector<control_write> all;
    if (wanted.cpuset_cpus)
      all.push_back({"cpuset.cpus", *wanted.cpuset_cpus});
    if (wanted.cpuset_mems)
      all.push_back({"cpuset.mems", *wanted.cpuset_mems});
    cpu_writes(group, wanted, all);
    memory_writes(group, wanted, all);
    if (wanted.pids_max)
      all.push_back({"pids.max", limit_text(*wanted.pids_max)});
    return all;
  }

  std::string mount_;
};

} // namespace

std::unique_ptr<limit_files> make_v2_limit_files(const hierarchies& found) {
  return std::make_unique<v2_limit_files>(found);
}

} // namespace troupe::cgroup
