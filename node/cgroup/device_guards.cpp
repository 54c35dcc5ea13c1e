#include "node/cgroup/device_guard.hpp"
#include "node/cgroup/group_files.hpp"
#include "node/sys/device_program.hpp"
#include "node/sys/os_error.hpp"

#include <fcntl.h>

#include <set>

namespace troupe::cgroup {

namespace {

std::set<std::string> lines_of(std::string_view text) {
  std::set<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (end > 0)
      lines.emplace(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

class v1_device_guard final : public device_guard {
public:
  explicit v1_device_guard(std::string mount) : mount_(std::move(mount)) {}

  status_result restrict(std::string_view group,
                         const std::vector<device_rule>& allowed) override {
    const auto directory = join(mount_, group);
    const auto now = read_control(join(directory, "devices.list"));
    if (!now)
      return now.error();
    std::set<std::string> wanted;
    for (const auto& rule : allowed)
      wanted.insert(to_text(rule));
    // Once there are groups below, nothing can be denied to all.
    if (lines_of(*now) == wanted)
      return unit{};
    if (auto denied = write_control(join(directory, "devices.deny"), "a");
        !denied)
      return denied;
    const auto file = join(directory, "devices.allow");
    for (const auto& rule : wanted)
      if (auto set = write_control(file, rule); !set)
        return set;
    return unit{};
  }

private:
  std::string mount_;
};

class v2_device_guard final : public device_guard {
public:
  explicit v2_device_guard(std::string mount) : mount_(std::move(mount)) {}

  status_result restrict(std::string_view group,
                         const std::vector<device_rule>& allowed) override {
    const auto path = join(mount_, group);
    const unique_fd directory{
        ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!directory)
      return sys::os_error("open", path);
    const auto program = sys::load_device_program(make_device_program(allowed));
    if (!program)
      return program.error();
    return sys::attach_device_program(directory, *program);
  }

private:
  std::string mount_;
};

} // namespace

std::unique_ptr<device_guard> make_v1_device_guard(std::string mount) {
  return std::make_unique<v1_device_guard>(std::move(mount));
}

std::unique_ptr<device_guard> make_v2_device_guard(std::string mount) {
  return std::make_unique<v2_device_guard>(std::move(mount));
}

} // namespace troupe::cgroup
