#include "runtime/disk/posix_disk.hpp"
#include "runtime/wal/log.hpp"

#include <catch2/catch.hpp>
#include <stdlib.h>

#include <filesystem>

using namespace troupe;

TEST_CASE("the log works on a real directory") {
  auto path = (std::filesystem::temp_directory_path() / "wal.XXXXXX").string();
  REQUIRE(::mkdtemp(path.data()) != nullptr);
  wal::config settings{.self = {"cluster-a", raft::member_id{"s1"}},
                       .segment_octets = 1u << 20,
                       .batch_octets_max = 64u << 10};
  constexpr std::uint64_t restarts = 3;
  for (std::uint64_t life = 0; life < restarts; ++life) {
    auto disk = open_posix_disk(path);
    REQUIRE(disk);
    auto opened = wal::write_ahead_log::open(**disk, settings);
    REQUIRE(opened);
    REQUIRE(opened->log);
    CHECK(opened->found.verdict == wal::verdict::clean);
    if (life > 0)
      CHECK(opened->found.groups.at(0).entries.size() == life * 20);
    for (std::uint64_t i = life * 20 + 1; i <= (life + 1) * 20; ++i) {
      const raft::entry entry{{raft::log_index{i}, raft::term{1}},
                              raft::entry_kind::command,
                              make_shared_bytes(bytes(20'000, 'p'))};
      REQUIRE(opened->log->append(
          {wal::entries_record{raft::group_id{1}, {entry}}}));
      REQUIRE(opened->log->sync());
    }
  }
  auto disk = open_posix_disk(path);
  CHECK((*disk)->list().value().size() == 3);
  CHECK(wal::verify(**disk)->groups.at(0).entries.size() == restarts * 20);
  std::filesystem::remove_all(path);
}
