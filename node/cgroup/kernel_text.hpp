#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::cgroup {

/// The forms in which the kernel writes control files. Pure; what does not
/// parse yields nothing.

/// "4096\n".
std::optional<std::uint64_t> parse_number(std::string_view text);

/// A limit: a number, "max" or "-1", or v1's largest page counter, which all
/// but the first mean `unlimited`.
std::optional<std::int64_t> parse_limit(std::string_view text);

/// "max" or the number: how v2 and the pids controller take a limit.
std::string limit_text(std::int64_t limit);

/// The value of `key` in lines of "key value".
std::optional<std::uint64_t> keyed_number(std::string_view text,
                                          std::string_view key);

/// v2's "cpu.max": quota and period.
struct bandwidth {
  std::int64_t quota_us;
  std::uint64_t period_us;
};
std::optional<bandwidth> parse_bandwidth(std::string_view text);

/// Process ids, one a line. A 0 stands for a process of a PID namespace that
/// this one does not see, and is left out.
std::vector<pid_t> parse_pids(std::string_view text);

/// The names in a line such as "cpuset cpu io\n".
std::vector<std::string> parse_words(std::string_view text);

/// Without blanks and newlines at its end.
std::string_view trimmed(std::string_view text);

} // namespace troupe::cgroup
