#include "runtime/wal/snapshot_file.hpp"
#include "tests/unit/runtime/wal/wal_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::wal;
using namespace troupe::wal::testing;

namespace {

const identity self = small_config().self;

snapshot_meta meta_at(std::uint64_t index) {
  return {main_group, {raft::log_index{index}, raft::term{2}}};
}

void write(disk_port& disk, const snapshot_meta& meta, bytes_view image) {
  auto writer = snapshot_writer::create(disk, self, meta);
  REQUIRE(writer);
  REQUIRE(writer->add(image));
  REQUIRE(writer->finish());
}

/// Octets that do not compress well and differ chunk by chunk.
bytes image_of(std::size_t size) {
  bytes out(size, '\0');
  std::uint32_t state = 1;
  for (auto& octet : out)
    octet = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return out;
}

result<bytes> read_image(disk_port& disk, const snapshot_meta& meta) {
  bytes out;
  const auto read = read_snapshot(disk, snapshot_name(meta), self,
                                  [&](bytes_view part) -> status_result {
                                    out += part;
                                    return unit{};
                                  });
  if (!read)
    return read.error();
  return out;
}

} // namespace

TEST_CASE("a snapshot of any size comes back") {
  for (std::size_t size : {0u, 1u, 1000u, 1u << 20, (2u << 20) + 77}) {
    sim_disk disk;
    const auto image = image_of(size);
    write(disk, meta_at(9), image);
    disk.restart(sim_disk::keep_nothing());
    CHECK(read_image(disk, meta_at(9)).value() == image);
    CHECK(disk.list().value()
          == std::vector<std::string>{snapshot_name(meta_at(9))});
  }
}

TEST_CASE("no flipped bit and no cut of a snapshot goes unseen") {
  sim_disk disk;
  write(disk, meta_at(9), image_of(300));
  const auto name = snapshot_name(meta_at(9));
  const auto whole = disk.content(name);
  for (std::uint64_t at = 0; at < whole.size(); ++at) {
    disk.flip_bit(name, at, static_cast<unsigned>(at % 8));
    INFO("octet " << at);
    REQUIRE_FALSE(read_snapshot(disk, name, self, nullptr));
    disk.set_content(name, whole.substr(0, at));
    REQUIRE_FALSE(read_snapshot(disk, name, self, nullptr));
    disk.set_content(name, whole);
  }
  disk.set_content(name, whole + "x");
  CHECK_FALSE(read_snapshot(disk, name, self, nullptr));
}

TEST_CASE("a snapshot under another's name, or a stranger's, is refused") {
  sim_disk disk;
  write(disk, meta_at(9), "image");
  const auto other = identity{"cluster-b", self.member};
  CHECK(read_snapshot(disk, snapshot_name(meta_at(9)), other, nullptr)
            .error()
            .code
        == errc::conflict);
  REQUIRE(disk.rename(snapshot_name(meta_at(9)), snapshot_name(meta_at(8))));
  CHECK(read_image(disk, meta_at(8)).error().code == errc::corrupt);
}

TEST_CASE("an unfinished snapshot leaves nothing") {
  sim_disk disk;
  {
    auto writer = snapshot_writer::create(disk, self, meta_at(9));
    REQUIRE(writer);
    REQUIRE(writer->add("half"));
  }
  CHECK(disk.list().value().empty());
  // After a crash the leftover goes when the log is opened.
  disk.power_off_at(disk.changes() + 3);
  CHECK_FALSE(write_snapshot(disk, self, meta_at(9),
                             [] { return result<bytes>{bytes(5, 'x')}; }));
  disk.restart(sim_disk::keep_everything());
  REQUIRE(disk.list().value().size() == 1);
  open_log(disk);
  CHECK(disk.list().value()
        == std::vector<std::string>{std::string{hard_state_name}});
}

TEST_CASE("a full disk or a failing producer ends a snapshot cleanly") {
  sim_disk disk;
  SECTION("full") {
    disk.set_capacity(2000);
    const auto image = image_of(4000);
    auto writer = snapshot_writer::create(disk, self, meta_at(9));
    REQUIRE(writer);
    REQUIRE(writer->add(image));
    CHECK(writer->finish().error().code == errc::no_space);
  }
  SECTION("producer") {
    const auto done =
        write_snapshot(disk, self, meta_at(9), []() -> result<bytes> {
          return error{errc::unavailable, "no more"};
        });
    CHECK(done.error().code == errc::unavailable);
  }
  CHECK(disk.list().value().empty());
}

TEST_CASE("the newest snapshots of a group are kept") {
  sim_disk disk;
  for (std::uint64_t index : {3, 20, 100})
    write(disk, meta_at(index), "image");
  const snapshot_meta other{event_group, {raft::log_index{1}, raft::term{1}}};
  write(disk, other, "other");
  REQUIRE(prune_snapshots(disk, main_group, 2));
  CHECK(list_snapshots(disk, main_group).value()
        == std::vector<snapshot_meta>{meta_at(100), meta_at(20)});
  CHECK(list_snapshots(disk, event_group).value().size() == 1);
}

TEST_CASE("only a name as written is a snapshot's") {
  CHECK(snapshot_of_name(snapshot_name(meta_at(9))) == meta_at(9));
  for (const auto* name :
       {"", "snap-", "snap-1-2-3.zst",
        "snap-0000000000000001-0000000000000009-0000000000000002.zst.tmp",
        "snap-0000000000000001-0000000000000009-000000000000000G.zst"})
    CHECK_FALSE(snapshot_of_name(name));
}
