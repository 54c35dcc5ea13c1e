#include "node/cgroup/cgroup_manager.hpp"

#include "node/cgroup/device_guard.hpp"
#include "node/cgroup/group_files.hpp"
#include "node/cgroup/hierarchies.hpp"
#include "node/cgroup/kernel_text.hpp"
#include "node/cgroup/limit_files.hpp"
#include "node/cgroup/limit_order.hpp"
#include "node/cgroup/process_group.hpp"
#include "node/sys/os_error.hpp"

#include <fcntl.h>

#include <algorithm>
#include <set>

namespace troupe::cgroup {

namespace {

std::size_t depth_of(std::string_view group) {
  return static_cast<std::size_t>(std::count(group.begin(), group.end(), '/'));
}

/// The layouts differ in who limits and who stops; the rest is common.
class composed_manager final : public cgroup_manager {
public:
  composed_manager(layout kind, std::string base, hierarchies found)
      : kind_(kind), base_(std::move(base)), found_(std::move(found)) {
    limits_ = kind == layout::v2 ? make_v2_limit_files(found_)
                                 : make_v1_limit_files(found_);
    freezer_ = kind == layout::v1 ? make_v1_freezer(found_.v1.at("freezer"))
                                  : make_v2_freezer(found_.unified);
    const auto devices = found_.v1.find("devices");
    devices_ = devices != found_.v1.end()
                   ? make_v1_device_guard(devices->second)
                   : make_v2_device_guard(found_.unified);
    mounts_ = limits_->mounts();
    if (kind == layout::hybrid)
      mounts_.push_back(found_.unified);
  }

  layout kind() const override { return kind_; }

  status_result ensure(std::string_view group, const limits& wanted) override {
    if (auto valid = check_group(group); !valid)
      return valid;
    const auto whole = join(base_, group);
    if (auto made = limits_->make(whole); !made)
      return made;
    if (kind_ == layout::hybrid)
      for (const auto& step : steps_down(found_.unified, whole))
        if (auto made = make_group(step.directory); !made)
          return made;
    return update({{std::string{group}, wanted}});
  }

  status_result update(std::vector<group_limits> changes) override {
    std::stable_sort(changes.begin(), changes.end(),
                     [](const auto& a, const auto& b) {
                       return depth_of(a.group) < depth_of(b.group);
                     });
    std::vector<limit_changes> halves;
    for (const auto& change : changes) {
      if (auto valid = check_group(change.group); !valid)
        return valid;
      const auto now = limits_->read(join(base_, change.group));
      if (!now)
        return now.error();
      halves.push_back(split_changes(*now, change.wanted));
    }
    for (std::size_t i = 0; i < changes.size(); ++i)
      if (auto set = apply(changes[i].group, halves[i].raised); !set)
        return set;
    for (std::size_t i = changes.size(); i-- > 0;)
      if (auto set = apply(changes[i].group, halves[i].lowered); !set)
        return set;
    return unit{};
  }

  result<limits> read_limits(std::string_view group) override {
    if (auto valid = check_group(group); !valid)
      return valid.error();
    return limits_->read(join(base_, group));
  }

  status_result
  restrict_devices(std::string_view group,
                   const std::vector<device_rule>& allowed) override {
    if (auto valid = check_group(group); !valid)
      return valid;
    return devices_->restrict(join(base_, group), allowed);
  }

  result<entry_points> entry(std::string_view group) override {
    if (auto valid = check_group(group); !valid)
      return valid.error();
    const auto whole = join(base_, group);
    entry_points points;
    if (kind_ != layout::v2)
      points.procs_files = find_procs_files(whole);
    if (kind_ == layout::v1 && points.procs_files.empty())
      return error{errc::not_found, "cgroup " + whole + ": no such group"};
    if (kind_ != layout::v1) {
      const auto directory = find_entrance(join(found_.unified, whole));
      points.directory.reset(
          ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (!points.directory)
        return sys::os_error("open", directory);
    }
    return points;
  }

  status_result kill(std::string_view group, duration timeout) override {
    return with_patience(group, timeout, [&](const auto& whole, auto& until) {
      return kill_all(mounts_, whole, *freezer_, until);
    });
  }

  status_result freeze(std::string_view group, duration timeout) override {
    return with_patience(group, timeout, [&](const auto& whole, auto& until) {
      return freezer_->freeze(whole, until);
    });
  }

  status_result thaw(std::string_view group, duration timeout) override {
    return with_patience(group, timeout, [&](const auto& whole, auto& until) {
      return freezer_->thaw(whole, until);
    });
  }

  result<bool> populated(std::string_view group) override {
    const auto living = processes(group);
    if (!living)
      return living.error();
    return !living->empty();
  }

  result<std::vector<pid_t>> processes(std::string_view group) override {
    if (auto valid = check_group(group); !valid)
      return valid.error();
    return find_processes(mounts_, join(base_, group));
  }

  result<usage> read_usage(std::string_view group) override {
    if (auto valid = check_group(group); !valid)
      return valid.error();
    return limits_->read_usage(join(base_, group));
  }

  result<std::uint64_t> oom_kills(std::string_view group) override {
    if (auto valid = check_group(group); !valid)
      return valid.error();
    return limits_->oom_kills(join(base_, group));
  }

  status_result remove(std::string_view group, duration timeout) override {
    return with_patience(group, timeout, [&](const auto& whole, auto& until) {
      for (const auto& mount : mounts_)
        if (auto gone = remove_tree(join(mount, whole), until); !gone)
          return gone;
      if (whole == base_)
        remove_empty_above();
      return status_result{unit{}};
    });
  }

  result<std::vector<std::string>> children(std::string_view group) override {
    if (auto valid = check_group(group); !valid)
      return valid.error();
    std::set<std::string> names;
    for (const auto& mount : mounts_) {
      const auto below = list_groups(join(mount, join(base_, group)));
      if (below)
        names.insert(below->begin(), below->end());
      else if (below.error().code != errc::not_found)
        return below.error();
    }
    return std::vector<std::string>{names.begin(), names.end()};
  }

private:
  status_result apply(const std::string& group, const limits& half) {
    return limits_->apply(join(base_, group), half);
  }

  /// An agent that knew fewer controllers made the group in fewer hierarchies.
  std::vector<std::string> find_procs_files(const std::string& whole) const {
    std::vector<std::string> files;
    for (const auto& mount : limits_->mounts())
      if (auto file = join(join(mount, whole), "cgroup.procs"); exists(file))
        files.push_back(std::move(file));
    return files;
  }

  /// The directories above the base go with it, unless others live there.
  void remove_empty_above() const {
    for (const auto& mount : mounts_) {
      auto steps = steps_down(mount, base_);
      for (steps.pop_back(); !steps.empty(); steps.pop_back())
        if (!remove_group(steps.back().directory))
          break;
    }
  }

  template <class F>
  status_result with_patience(std::string_view group, duration timeout,
                              F action) {
    if (auto valid = check_group(group); !valid)
      return valid;
    const auto until = patience::lasting(timeout);
    if (!until)
      return until.error();
    return action(join(base_, group), *until);
  }

  layout kind_;
  std::string base_;
  hierarchies found_;
  std::unique_ptr<limit_files> limits_;
  std::unique_ptr<group_freezer> freezer_;
  std::unique_ptr<device_guard> devices_;
  std::vector<std::string> mounts_;
};

} // namespace

result<std::unique_ptr<cgroup_manager>>
open_cgroup_manager(const cgroup_options& options) {
  if (options.base.empty())
    return error{errc::invalid_argument, "the cgroup base must not be empty"};
  if (auto valid = check_group(options.base); !valid)
    return valid.error();
  const auto table = read_control(options.mountinfo);
  if (!table)
    return table.error();
  auto found = find_hierarchies(*table, options.root);
  const auto kind =
      options.use ? result<layout>{*options.use} : choose_layout(found);
  if (!kind)
    return kind.error();
  if (auto usable = check_layout(found, *kind); !usable)
    return usable.error();
  return std::unique_ptr<cgroup_manager>{std::make_unique<composed_manager>(
      *kind, options.base, std::move(found))};
}

} // namespace troupe::cgroup
