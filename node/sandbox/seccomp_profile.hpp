#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Seccomp profiles from files, in the JSON format that Docker and the OCI
/// runtimes share. All of it is pure.
namespace troupe::sandbox {

inline constexpr std::size_t profile_size_max = 1024 * 1024; ///< of its text
/// System calls with their conditions: what makes at least an instruction
/// each, of which a filter has at most so many.
inline constexpr std::size_t profile_rules_max = 4096;

/// What becomes of a call, as the kernel writes it: SECCOMP_RET_*, and with
/// ERRNO and TRACE a number.
using seccomp_verdict = std::uint32_t;

enum class seccomp_operator : std::uint8_t {
  not_equal,
  less,
  less_or_equal,
  equal,
  greater_or_equal,
  greater,
  masked_equal, ///< argument & value == value_two
};

struct seccomp_argument {
  std::uint32_t index = 0; ///< 0 to 5
  seccomp_operator compare = seccomp_operator::equal;
  std::uint64_t value = 0;
  std::uint64_t value_two = 0;

  friend bool operator==(const seccomp_argument&,
                         const seccomp_argument&) = default;
};

using kernel_version = std::pair<std::uint32_t, std::uint32_t>;

/// Where a rule holds, or does not. What is empty says nothing.
struct seccomp_scope {
  std::vector<std::string> architectures; ///< Go's names, such as "amd64"
  std::vector<std::string> capabilities;  ///< such as "CAP_SYS_ADMIN"
  std::optional<kernel_version> kernel;   ///< it and newer ones

  friend bool operator==(const seccomp_scope&, const seccomp_scope&) = default;
};

struct seccomp_rule {
  std::vector<std::string> names; ///< of system calls
  seccomp_verdict verdict = 0;
  /// All must hold; but where one argument is named twice, any suffices.
  std::vector<seccomp_argument> arguments;
  seccomp_scope includes; ///< all must hold
  seccomp_scope excludes; ///< none may hold

  friend bool operator==(const seccomp_rule&, const seccomp_rule&) = default;
};

struct seccomp_rules {
  seccomp_verdict otherwise = 0;
  /// Beside the machine's own, such as "SCMP_ARCH_X86".
  std::vector<std::string> architectures;
  std::vector<seccomp_rule> rules;

  friend bool operator==(const seccomp_rules&, const seccomp_rules&) = default;
};

/// Reads a profile's text. Members it does not know are passed over, as
/// elsewhere. `invalid_argument` and what is wrong where; `unsupported` for
/// SCMP_ACT_NOTIFY and for flags but SECCOMP_FILTER_FLAG_TSYNC, which mean
/// nothing to a filter alone; `too_large` past the limits. Numbers compared
/// with are below 2^63.
result<seccomp_rules> parse_seccomp_profile(bytes_view text);

/// What of a profile holds on an x86-64 kernel of this version for a process
/// with these capabilities (as `capability_mask` gives them).
std::vector<seccomp_rule> select_rules(const seccomp_rules& profile,
                                       std::uint64_t capabilities,
                                       kernel_version kernel);

/// "6.1" of "6.1.0-57-amd64"; nothing for what begins with no two numbers.
std::optional<kernel_version> parse_kernel_version(std::string_view text);

} // namespace troupe::sandbox
