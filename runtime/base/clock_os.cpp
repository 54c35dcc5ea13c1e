#include "runtime/base/clock.hpp"

namespace troupe {

wall_time wall_now() {
  return wall_time{std::chrono::duration_cast<duration>(
      std::chrono::system_clock::now().time_since_epoch())};
}

mono_time mono_now() {
  return mono_time{std::chrono::duration_cast<duration>(
      std::chrono::steady_clock::now().time_since_epoch())};
}

} // namespace troupe
