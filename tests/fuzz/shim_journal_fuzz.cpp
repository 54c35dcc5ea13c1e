#include "messages/base/check.hpp"
#include "node/sandbox/describe.hpp"

using namespace troupe;

/// Whatever a journal holds, what is read of it makes sense.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto entries =
      sandbox::parse_journal({reinterpret_cast<const char*>(data), size});
  for (const auto& entry : entries) {
    TROUPE_CHECK(entry.boot_id.size() == 16, "a boot id has its size");
    TROUPE_CHECK(entry.state.exit.has_value()
                     == (entry.state.phase == sandbox::container_phase::exited),
                 "an exit belongs to what exited");
  }
  return 0;
}
