#include "messages/base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace troupe {

void check_failed(const char* condition, const char* invariant,
                  const char* file, int line) {
  std::fprintf(stderr, "%s:%d: invariant broken: %s (%s)\n", file, line,
               invariant, condition);
  std::fflush(stderr);
  std::abort();
}

} // namespace troupe
