#pragma once

namespace troupe {

/// Ends the process after naming the broken invariant on stderr.
[[noreturn]] void check_failed(const char* condition, const char* invariant,
                               const char* file, int line);

} // namespace troupe

/// An invariant that is checked in every build. A failure is a bug of ours and
/// ends the process; what an outsider can cause is a `result`, never a check.
/// `invariant` names the rule: `check(a <= b, "commit never passes the log")`.
#define TROUPE_CHECK(condition, invariant)                                     \
  do {                                                                         \
    if (!(condition)) [[unlikely]]                                             \
      ::troupe::check_failed(#condition, invariant, __FILE__, __LINE__);       \
  } while (false)
