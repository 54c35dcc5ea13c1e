#include "runtime/wal/segment.hpp"
#include "tests/unit/runtime/wal/wal_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::wal;
using namespace troupe::wal::testing;

namespace {

void snapshot(disk_port& disk, raft::group_id group, std::uint64_t index,
              std::uint64_t term = 1) {
  auto writer = snapshot_writer::create(
      disk, small_config().self,
      {group, {raft::log_index{index}, raft::term{term}}});
  REQUIRE(writer);
  REQUIRE(writer->add("image at " + std::to_string(index)));
  REQUIRE(writer->finish());
}

compact_record mark(raft::group_id group, std::uint64_t index,
                    std::uint64_t term = 1) {
  return {group, {raft::log_index{index}, raft::term{term}}};
}

} // namespace

TEST_CASE("an empty directory becomes an empty log") {
  sim_disk disk;
  auto opened = open_log(disk);
  CHECK(opened.found.verdict == verdict::clean);
  CHECK(opened.found.groups.empty());
  CHECK(opened.log->sync());
}

TEST_CASE("what was synced is there after a restart, for every group") {
  sim_disk disk;
  auto opened = open_log(disk);
  REQUIRE(opened.log->append(
      {entries(main_group, 1, 3), entries(event_group, 1, 2)}));
  REQUIRE(opened.log->sync());
  CHECK(opened.log->buffered_octets() == 0);
  commit(*opened.log, entries(main_group, 4, 4));
  REQUIRE(opened.log->save_hard_state(main_group,
                                      {raft::term{7}, raft::member_id{"s2"}}));
  opened.log.reset();
  disk.restart(sim_disk::keep_nothing());

  const auto again = open_log(disk);
  CHECK(again.found.verdict == verdict::clean);
  CHECK_FALSE(again.found.suspect);
  CHECK(last_index(again.found, main_group) == 4);
  CHECK(last_index(again.found, event_group) == 2);
  CHECK(as_written(again.found));
  CHECK(find_group(again.found, main_group)->hard
        == hard_state{raft::term{7}, raft::member_id{"s2"}});
}

TEST_CASE("what was not synced was never promised") {
  sim_disk disk;
  auto opened = open_log(disk);
  commit(*opened.log, entries(main_group, 1, 1));
  REQUIRE(opened.log->append({entries(main_group, 2, 2)}));
  opened.log.reset();
  CHECK(last_index(open_log(disk).found, main_group) == 1);
}

TEST_CASE("a truncation and an overlap replace the end of the log") {
  sim_disk disk;
  auto opened = open_log(disk);
  commit(*opened.log, entries(main_group, 1, 6));
  commit(*opened.log, truncate_record{main_group, raft::log_index{5}});
  commit(*opened.log, entries_record{main_group, {entry(5, 2, "new")}});
  commit(*opened.log, entries_record{main_group, {entry(4, 3, "newer")}});
  opened.log.reset();
  const auto again = open_log(disk);
  const auto& got = find_group(again.found, main_group)->entries;
  REQUIRE(got.size() == 4);
  CHECK(got[3] == entry(4, 3, "newer"));
}

TEST_CASE("a payload may be empty or absent, and tells them apart") {
  sim_disk disk;
  auto opened = open_log(disk);
  raft::entry no_op{
      {raft::log_index{1}, raft::term{1}}, raft::entry_kind::no_op, nullptr};
  commit(*opened.log, entries_record{main_group, {no_op, entry(2, 1, "")}});
  opened.log.reset();
  const auto again = open_log(disk);
  const auto& got = find_group(again.found, main_group)->entries;
  REQUIRE(got.size() == 2);
  CHECK(got[0] == no_op);
  CHECK(got[1] == entry(2, 1, ""));
}

TEST_CASE("segments follow each other and are dropped when compacted") {
  sim_disk disk;
  auto opened = open_log(disk);
  for (std::uint64_t i = 1; i <= 40; ++i)
    commit(*opened.log, entries(main_group, i, i, 300));
  REQUIRE(disk.list().value().size() > 4);
  snapshot(disk, main_group, 30);
  commit(*opened.log, mark(main_group, 30));
  REQUIRE(opened.log->drop_compacted());
  CHECK_FALSE(disk.open(segment_name(1), disk_port::open_mode::read_only));
  opened.log.reset();

  auto again = open_log(disk);
  CHECK(again.found.verdict == verdict::clean);
  CHECK(last_index(again.found, main_group) == 40);
  CHECK(find_group(again.found, main_group)->entries.size() == 10);
  CHECK(as_written(again.found, 300));
  commit(*again.log, entries(main_group, 41, 41, 300));
}

TEST_CASE("a log replaced from a segment that was dropped is whole") {
  const auto count = GENERATE(range(std::uint64_t{8}, std::uint64_t{16}));
  const bool truncates = GENERATE(true, false);
  CAPTURE(count, truncates);
  sim_disk disk;
  auto opened = open_log(disk);
  for (std::uint64_t i = 1; i <= count; ++i)
    commit(*opened.log, entries(main_group, i, i, 300));
  if (truncates)
    commit(*opened.log, truncate_record{main_group, raft::log_index{3}});
  commit(*opened.log, entries(main_group, 3, count + 3));
  snapshot(disk, main_group, count);
  commit(*opened.log, mark(main_group, count));
  REQUIRE(opened.log->drop_compacted());
  CHECK_FALSE(disk.open(segment_name(1), disk_port::open_mode::read_only));
  opened.log.reset();

  const auto again = open_log(disk);
  CHECK(again.found.verdict == verdict::clean);
  CHECK(last_index(again.found, main_group) == count + 3);
  CHECK(find_group(again.found, main_group)->entries.size() == 3);
  CHECK(as_written(again.found));
}

TEST_CASE("a group that needs an old segment keeps it") {
  sim_disk disk;
  auto opened = open_log(disk);
  commit(*opened.log, entries(event_group, 1, 1));
  for (std::uint64_t i = 1; i <= 30; ++i)
    commit(*opened.log, entries(main_group, i, i, 300));
  snapshot(disk, main_group, 30);
  commit(*opened.log, mark(main_group, 30));
  REQUIRE(opened.log->drop_compacted());
  CHECK(disk.open(segment_name(1), disk_port::open_mode::read_only));
}

TEST_CASE("an installed snapshot voids a log that is behind it") {
  sim_disk disk;
  auto opened = open_log(disk);
  commit(*opened.log, entries(main_group, 1, 3));
  snapshot(disk, main_group, 100, 5);
  SECTION("with its mark") {
    commit(*opened.log, mark(main_group, 100, 5));
  }
  SECTION("after a crash before its mark") {
    opened.log.reset();
    opened = open_log(disk);
    CHECK(last_index(opened.found, main_group) == 100);
  }
  commit(*opened.log, entries(main_group, 101, 102));
  opened.log.reset();
  const auto again = open_log(disk);
  CHECK(again.found.verdict == verdict::clean);
  CHECK(find_group(again.found, main_group)->entries.size() == 2);
  CHECK(last_index(again.found, main_group) == 102);
}

TEST_CASE("a snapshot that contradicts the log voids it") {
  sim_disk disk;
  auto opened = open_log(disk);
  commit(*opened.log, entries(main_group, 1, 9));
  snapshot(disk, main_group, 5, 4);
  opened.log.reset();
  opened = open_log(disk);
  CHECK(find_group(opened.found, main_group)->entries.empty());
  commit(*opened.log, entries(main_group, 6, 6));
  opened.log.reset();
  const auto again = open_log(disk);
  CHECK(again.found.verdict == verdict::clean);
  CHECK(last_index(again.found, main_group) == 6);
}

TEST_CASE("a damaged snapshot falls back on an older one the log joins") {
  sim_disk disk;
  auto opened = open_log(disk);
  commit(*opened.log, entries(main_group, 1, 9));
  snapshot(disk, main_group, 4);
  snapshot(disk, main_group, 8);
  commit(*opened.log, mark(main_group, 4));
  opened.log.reset();
  const auto name =
      snapshot_name({main_group, {raft::log_index{8}, raft::term{1}}});
  disk.flip_bit(name, 530, 0);
  SECTION("an older one") {
    const auto again = open_log(disk);
    CHECK(again.found.verdict == verdict::clean);
    CHECK(find_group(again.found, main_group)->snapshot.index.value() == 4);
    CHECK(find_group(again.found, main_group)->entries.size() == 5);
    CHECK_FALSE(again.found.notes.empty());
  }
  SECTION("none") {
    REQUIRE(disk.remove(
        snapshot_name({main_group, {raft::log_index{4}, raft::term{1}}})));
    const auto again = write_ahead_log::open(disk, small_config());
    REQUIRE(again);
    CHECK(again->log == nullptr);
    CHECK(again->found.verdict == verdict::corrupt);
  }
}

TEST_CASE("a stranger's files are refused and left as they are") {
  sim_disk disk;
  commit(*open_log(disk).log, entries(main_group, 1, 1));
  auto settings = small_config();
  SECTION("another cluster") {
    settings.self.cluster_uid = "cluster-b";
  }
  SECTION("another member") {
    settings.self.member = raft::member_id{"s2"};
  }
  const auto hard = disk.content(hard_state_name);
  const auto segment = disk.content(segment_name(1));
  const auto check_refused = [&] {
    const auto opened = write_ahead_log::open(disk, settings);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == errc::conflict);
    CHECK(opened.error().message.find("'s1' of cluster 'cluster-a'")
          != std::string::npos);
    CHECK(disk.content(segment_name(1)) == segment);
  };
  check_refused();
  CHECK(disk.content(hard_state_name) == hard);
  // Also when only the segment is a stranger's.
  auto content = read_hard_state(hard, std::nullopt)->content;
  const auto slot = encode_hard_state(settings.self, content);
  disk.set_content(hard_state_name, slot + slot);
  check_refused();
}

TEST_CASE("two owners cannot share a directory") {
  sim_disk disk;
  const auto other = disk.beside();
  const auto opened = open_log(disk);
  const auto second = write_ahead_log::open(*other, small_config());
  REQUIRE_FALSE(second);
  CHECK(second.error().code == errc::conflict);
}

TEST_CASE("a failed write or sync poisons the log") {
  sim_disk disk;
  auto opened = open_log(disk);
  commit(*opened.log, entries(main_group, 1, 1));
  REQUIRE(opened.log->append({entries(main_group, 2, 2)}));
  using op = sim_disk::operation;
  const auto what = GENERATE(op::write, op::sync);
  disk.fail_next(what, "wal-", errc::io_error);
  CHECK_FALSE(opened.log->sync());
  CHECK(opened.log->poisoned());
  CHECK_FALSE(opened.log->sync());
  CHECK_FALSE(opened.log->append({entries(main_group, 2, 2)}));
  CHECK_FALSE(opened.log->save_hard_state(main_group, {}));
  CHECK_FALSE(opened.log->drop_compacted());
}

TEST_CASE("a failed sync of the hard state poisons the log") {
  sim_disk disk;
  auto opened = open_log(disk);
  disk.fail_next(sim_disk::operation::sync, "hard-state", errc::io_error);
  CHECK_FALSE(opened.log->save_hard_state(main_group, {raft::term{1}, {}}));
  CHECK(opened.log->poisoned());
}

TEST_CASE("a full disk does nothing by halves and is survived") {
  sim_disk disk;
  auto opened = open_log(disk);
  disk.set_capacity(3 * 8192);
  std::uint64_t next = 1;
  status_result last = unit{};
  for (; next < 50; ++next) {
    REQUIRE(opened.log->append({entries(main_group, next, next, 300)}));
    last = opened.log->sync();
    if (!last)
      break;
  }
  REQUIRE_FALSE(last);
  CHECK(last.error().code == errc::no_space);
  CHECK_FALSE(opened.log->poisoned());
  CHECK(opened.log->sync().error().code == errc::no_space);
  SECTION("space returns") {
    disk.set_capacity(1 << 20);
    CHECK(opened.log->sync());
    ++next;
  }
  SECTION("the process ends") {}
  opened.log.reset();
  disk.set_capacity(1 << 20);
  const auto again = open_log(disk);
  CHECK(again.found.verdict == verdict::clean);
  CHECK(last_index(again.found, main_group) == next - 1);
  CHECK(as_written(again.found, 300));
}

TEST_CASE("limits refuse a batch whole") {
  sim_disk disk;
  auto opened = open_log(disk);
  const auto over = opened.log->append(
      {entries(main_group, 1, 1), entries(main_group, 2, 2, 4000)});
  REQUIRE_FALSE(over);
  CHECK(over.error().code == errc::too_large);
  CHECK(opened.log->buffered_octets() == 0);
  commit(*opened.log, entries(main_group, 1, 1));
  std::vector<record> many;
  for (std::uint64_t group = 1; group <= groups_max + 1; ++group)
    many.push_back(mark(raft::group_id{group}, 1));
  CHECK(opened.log->append(many).error().code == errc::too_large);
}

TEST_CASE("a configuration that cannot work is refused by field") {
  const auto refused = [](void (*change)(config&)) {
    auto settings = small_config();
    change(settings);
    const auto valid = settings.validate();
    return valid ? std::string{} : valid.error().message;
  };
  const auto names = [](const std::string& text, std::string_view field) {
    return text.find(field) != std::string::npos;
  };
  CHECK(small_config().validate());
  CHECK(config{.self = small_config().self}.validate());
  CHECK(names(refused([](config& c) { c.self.cluster_uid.clear(); }),
              "cluster_uid"));
  CHECK(names(refused([](config& c) { c.self.member = {}; }), "member"));
  CHECK(names(refused([](config& c) { c.frame_alignment = 100; }),
              "frame_alignment"));
  CHECK(names(refused([](config& c) { c.segment_octets = 4608; }),
              "segment_octets"));
  CHECK(names(refused([](config& c) { c.batch_octets_max = 0; }),
              "batch_octets_max"));
  CHECK(names(refused([](config& c) { c.snapshots_kept = 0; }),
              "snapshots_kept"));
}
