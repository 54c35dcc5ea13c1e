#include "messages/base/crc32c.hpp"
#include "runtime/wal/coding.hpp"
#include "runtime/wal/record.hpp"
#include "runtime/wal/segment.hpp"
#include "tests/unit/runtime/wal/wal_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace troupe;
using namespace troupe::wal;
using namespace troupe::wal::testing;

namespace {

const std::string golden_folder =
    std::string{TROUPE_TEST_DATA} + "/compat/wal/";

/// A stored file of format 1. With TROUPE_REWRITE set it is written anew:
/// only for a new format, under a new name.
bytes golden(const std::string& name, const bytes& current) {
  if (std::getenv("TROUPE_REWRITE") != nullptr && !current.empty())
    std::ofstream{golden_folder + name, std::ios::binary} << current;
  std::ifstream in{golden_folder + name, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

const snapshot_meta meta{main_group, {raft::log_index{9}, raft::term{2}}};

/// A directory whose octets never change.
void fill(sim_disk& disk) {
  auto opened = open_log(disk);
  raft::entry no_op{
      {raft::log_index{1}, raft::term{1}}, raft::entry_kind::no_op, nullptr};
  REQUIRE(opened.log->append(
      {entries_record{main_group, {no_op}}, entries(event_group, 1, 2)}));
  REQUIRE(opened.log->sync());
  REQUIRE(opened.log->append(
      {entries(main_group, 2, 9),
       truncate_record{event_group, raft::log_index{2}},
       compact_record{main_group, {raft::log_index{5}, raft::term{1}}}}));
  REQUIRE(opened.log->sync());
  REQUIRE(opened.log->save_hard_state(main_group,
                                      {raft::term{2}, raft::member_id{"s2"}}));
}

} // namespace

TEST_CASE("the octets of format 1 stay what they are") {
  sim_disk disk;
  fill(disk);
  // The compressor's output may differ by version: it is only ever read.
  auto writer = snapshot_writer::create(disk, small_config().self, meta);
  REQUIRE(writer->add("image of format 1"));
  REQUIRE(writer->finish());
  CHECK_FALSE(
      golden("snapshot_1.bin", disk.content(snapshot_name(meta))).empty());
  const auto segment = disk.content(segment_name(1));
  const auto hard = disk.content(hard_state_name);
  CHECK(golden("segment_1.bin", segment) == segment);
  CHECK(golden("hard_state_1.bin", hard) == hard);
}

TEST_CASE("files of format 1 are read") {
  sim_disk disk;
  disk.set_content(segment_name(1), golden("segment_1.bin", {}));
  disk.set_content(hard_state_name, golden("hard_state_1.bin", {}));
  disk.set_content(snapshot_name(meta), golden("snapshot_1.bin", {}));
  const auto found = verify(disk, small_config().self);
  REQUIRE(found);
  CHECK(found->verdict == verdict::clean);
  CHECK(found->frames == 2);
  CHECK(find_group(*found, main_group)->snapshot == meta.at);
  CHECK(last_index(*found, event_group) == 1);
}

TEST_CASE("newer formats are refused by name") {
  sim_disk disk;
  fill(disk);
  const auto newer = [](bytes page, std::size_t size) {
    put_at(page, 12, std::uint32_t{2});
    put_at(page, 8, crc32c(bytes_view{page}.substr(12, size - 12)));
    return page;
  };
  SECTION("segment") {
    disk.set_content(segment_name(1),
                     newer(disk.content(segment_name(1)), 4096));
  }
  SECTION("hard state") {
    const auto slot =
        newer(disk.content(hard_state_name).substr(0, 4096), 4096);
    disk.set_content(hard_state_name, slot + slot);
  }
  SECTION("snapshot") {
    disk.set_content(snapshot_name(meta),
                     newer(golden("snapshot_1.bin", {}), 512));
  }
  const auto opened = write_ahead_log::open(disk, small_config());
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == errc::unsupported);
  CHECK(opened.error().message.find("format 2") != std::string::npos);
}

TEST_CASE("names of segments are fixed and read back strictly") {
  CHECK(segment_name(26) == "wal-000000000000001a.log");
  CHECK(segment_number("wal-000000000000001a.log") == 26u);
  for (const auto* name : {"wal-1a.log", "wal-000000000000001A.log",
                           "wal-000000000000001a.tmp", "", "wal-"})
    CHECK_FALSE(segment_number(name));
}

TEST_CASE("frames of every size keep their layout") {
  for (std::size_t octets = 0; octets < 6000; octets += 37) {
    bytes body;
    append_record(body, entries(main_group, 1, 1, octets), 1);
    const frame_place place{1, 512, 3, 1, 99};
    const auto frame = encode_frame(place, body, 1, {}, 512);
    REQUIRE(frame.data.size() == frame_octets(body.size(), 0, 512));
    const auto file = bytes(512, '\0') + frame.data;
    const auto head = read_frame_head(file, 1, 512);
    REQUIRE(head);
    REQUIRE(head->place == place);
    REQUIRE(after(*head) == frame.next);
    REQUIRE(read_frame(file, *head)->state == frame_state::intact);
    REQUIRE_FALSE(read_frame_head(file, 2, 512));
  }
}
