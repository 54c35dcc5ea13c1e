#include "node/agent/machine.hpp"

#include "node/agent/files.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

namespace troupe::agent {

namespace {

constexpr std::size_t text_max = 64 * 1024;

/// The first line of a file, or nothing.
std::string first_line(const char* path) {
  auto text = read_file(path, text_max);
  if (!text)
    return {};
  return text->substr(0, text->find('\n'));
}

std::string go_architecture(const std::string& machine) {
  if (machine == "x86_64")
    return "amd64";
  return machine == "aarch64" ? "arm64" : machine;
}

} // namespace

std::string pretty_name(const std::string& os_release) {
  std::istringstream lines{os_release};
  for (std::string line; std::getline(lines, line);) {
    constexpr std::string_view key = "PRETTY_NAME=";
    if (!line.starts_with(key))
      continue;
    auto value = line.substr(key.size());
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\''))
      value = value.substr(1, value.size() - 2);
    return value;
  }
  return {};
}

machine_facts read_machine() {
  machine_facts out;
  out.processors = sysconf(_SC_NPROCESSORS_ONLN);
  out.memory = sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
  out.machine_id = first_line("/etc/machine-id");
  out.system_uuid = first_line("/sys/class/dmi/id/product_uuid");
  if (out.system_uuid.empty())
    out.system_uuid = out.machine_id;
  out.boot_id = first_line("/proc/sys/kernel/random/boot_id");
  if (utsname about{}; uname(&about) == 0) {
    out.kernel_version = about.release;
    out.architecture = go_architecture(about.machine);
  }
  if (auto text = read_file("/etc/os-release", text_max); text)
    out.os_image = pretty_name(*text);
  return out;
}

disk_space disk_space_of(const std::string& path) {
  std::error_code why;
  const auto space = std::filesystem::space(path, why);
  return why ? disk_space{} : disk_space{space.capacity, space.available};
}

} // namespace troupe::agent
