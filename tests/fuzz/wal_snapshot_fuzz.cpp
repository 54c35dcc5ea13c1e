/// A snapshot file with any content: reading ends, within the chunk limit. Each
/// input is also read with its checksums put right.

#include "runtime/wal/snapshot_file.hpp"
#include "tests/fuzz/wal_seal.hpp"
#include "tests/support/sim_disk.hpp"

using namespace troupe;
using namespace troupe::wal;

namespace {

void read(const bytes& file) {
  sim_disk disk;
  const auto name =
      snapshot_name({raft::group_id{1}, {raft::log_index{9}, raft::term{2}}});
  disk.set_content(name, file);
  const auto got = read_snapshot(
      disk, name, std::nullopt, [](bytes_view part) -> status_result {
        TROUPE_CHECK(part.size() <= snapshot_chunk_octets_max,
                     "a chunk is bounded");
        return unit{};
      });
  static_cast<void>(got);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  bytes file{reinterpret_cast<const char*>(data), size};
  read(file);
  fuzz::seal_snapshot(file);
  read(file);
  return 0;
}
