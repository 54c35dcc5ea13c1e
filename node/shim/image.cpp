#include "node/shim/image.hpp"

extern "C" {
extern const char troupe_shim_begin[];
extern const char troupe_shim_end[];
}

namespace troupe::shim {

std::string_view image() {
  return {troupe_shim_begin,
          static_cast<std::size_t>(troupe_shim_end - troupe_shim_begin)};
}

} // namespace troupe::shim
