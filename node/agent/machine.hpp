#pragma once

#include <cstdint>
#include <string>

namespace troupe::agent {

/// What the machine says about itself; texts are empty where it does not.
struct machine_facts {
  std::int64_t processors = 1;
  std::int64_t memory = 0; ///< octets
  std::string machine_id;
  std::string system_uuid;
  std::string boot_id;
  std::string kernel_version; ///< "6.1.0-56-amd64"
  std::string os_image;       ///< "Debian GNU/Linux 12 (bookworm)"
  std::string architecture;   ///< "amd64"
};

machine_facts read_machine();

/// Octets of a file system, and those of them that users may still fill.
struct disk_space {
  std::uint64_t capacity = 0;
  std::uint64_t available = 0;
};

/// Of the file system that holds `path`; all 0 when there is none.
disk_space disk_space_of(const std::string& path);

/// PRETTY_NAME of an os-release file (os-release(5)).
std::string pretty_name(const std::string& os_release);

} // namespace troupe::agent
