#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe::cgroup {

/// Leave to use devices. A number that is absent stands for any.
struct device_rule {
  char type = 'c'; ///< 'c' or 'b'
  std::optional<std::uint32_t> major;
  std::optional<std::uint32_t> minor;
  bool read = true;
  bool write = true;
  bool make = true; ///< mknod(2)

  friend bool operator==(const device_rule&, const device_rule&) = default;
};

/// What any container may do, as container runtimes have it: make nodes, and
/// use those of its /dev and its terminals.
const std::vector<device_rule>& usual_device_rules();

/// A rule as v1 reads and lists it, such as "c 136:* rwm". Pure.
std::string to_text(const device_rule& rule);

/// A program for the kernel that allows what one of the rules allows, and
/// nothing else. Pure.
std::vector<bpf_insn>
make_device_program(const std::vector<device_rule>& rules);

} // namespace troupe::cgroup
