#include "messages/base/check.hpp"
#include "messages/protocol/raft_codec.hpp"

/// What a peer may send either fails or survives a second trip unchanged.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  namespace raft = troupe::raft;
  const auto first = raft::decode({reinterpret_cast<const char*>(data), size});
  if (!first)
    return 0;
  const auto second = raft::decode(raft::encode(*first));
  TROUPE_CHECK(second.has_value(), "what was decoded can be encoded");
  TROUPE_CHECK(*second == *first, "encoding loses nothing");
  return 0;
}
