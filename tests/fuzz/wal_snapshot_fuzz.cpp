/// A snapshot file with any content: reading ends, within the chunk limit.

#include "runtime/wal/snapshot_file.hpp"
#include "tests/support/sim_disk.hpp"

using namespace troupe;
using namespace troupe::wal;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  sim_disk disk;
  const auto name =
      snapshot_name({raft::group_id{1}, {raft::log_index{9}, raft::term{2}}});
  disk.set_content(name, bytes{reinterpret_cast<const char*>(data), size});
  const auto read = read_snapshot(
      disk, name, std::nullopt, [](bytes_view part) -> status_result {
        TROUPE_CHECK(part.size() <= snapshot_chunk_octets_max,
                     "a chunk is bounded");
        return unit{};
      });
  static_cast<void>(read);
  return 0;
}
