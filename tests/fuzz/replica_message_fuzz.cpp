#include "messages/base/check.hpp"
#include "messages/protocol/replica_message.hpp"

/// What a peer may send either fails or survives a second trip unchanged.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace troupe;
  const auto first = state::decode_replica_message(
      {reinterpret_cast<const char*>(data), size});
  if (!first)
    return 0;
  const auto second = state::decode_replica_message(state::encode(*first));
  TROUPE_CHECK(second.has_value(), "what was decoded can be encoded");
  TROUPE_CHECK(*second == *first, "encoding loses nothing");
  return 0;
}
