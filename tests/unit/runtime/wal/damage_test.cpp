#include "runtime/wal/segment.hpp"
#include "tests/unit/runtime/wal/wal_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::wal;
using namespace troupe::wal::testing;

namespace {

constexpr std::uint64_t first_frame = segment_header_octets;

const std::vector<raft::entry> no_entries;

/// Three group commits in one segment: one sector, three sectors, two.
struct small_log {
  sim_disk disk;
  std::vector<std::uint64_t> starts; ///< of the frames, and the end

  small_log() {
    auto opened = open_log(disk);
    starts.push_back(first_frame);
    add(*opened.log, entries(main_group, 1, 2));
    add(*opened.log, entries(main_group, 3, 4, 500));
    add(*opened.log, entries(main_group, 5, 5, 500));
    REQUIRE(opened.log->save_hard_state(
        main_group, {raft::term{3}, raft::member_id{"s1"}}));
  }

  void add(write_ahead_log& target, record value) {
    commit(target, std::move(value));
    auto at = starts.back();
    const auto head = read_frame_head(disk.content(segment_name(1)), 1, at);
    REQUIRE(head);
    starts.push_back(at + head->octets);
  }

  std::uint64_t end() const { return starts.back(); }
  std::uint64_t last_frame() const { return starts[starts.size() - 2]; }

  /// No entry but those written, without gaps.
  bool holds_only_its_own(const recovery& found) const {
    const auto* group = find_group(found, main_group);
    std::uint64_t index = 0;
    for (const auto& got : group ? group->entries : no_entries) {
      ++index;
      const std::size_t octets = index < 3 ? 20 : 500;
      if (!(got == entries(main_group, index, index, octets).entries[0]))
        return false;
    }
    return true;
  }

  recovery look() {
    auto found = verify(disk, small_config().self);
    if (!found)
      FAIL(found.error().message);
    return std::move(*found);
  }
};

void zero(sim_disk& disk, const std::string& name, std::uint64_t offset,
          std::size_t length) {
  auto content = disk.content(name);
  content.replace(offset, length, bytes(length, '\0'));
  disk.set_content(name, content);
}

} // namespace

TEST_CASE("no flipped bit of the log passes for a clean one") {
  small_log given;
  const auto name = segment_name(1);
  const auto size = given.disk.content(name).size();
  for (std::uint64_t at = 0; at < size; ++at) {
    const auto bit = static_cast<unsigned>(at * 5 % 8);
    INFO("octet " << at << ", bit " << bit);
    given.disk.flip_bit(name, at, bit);
    const auto found = given.look();
    given.disk.flip_bit(name, at, bit);
    REQUIRE(found.verdict != verdict::clean);
    REQUIRE(found.suspect);
    REQUIRE(found.damages.front().file == name);
    REQUIRE(given.holds_only_its_own(found));
    if (at < given.last_frame()) {
      REQUIRE(found.verdict == verdict::corrupt);
    } else if (at < given.end()) {
      // What was acknowledged is missing: no sole voter may discard it.
      REQUIRE(found.verdict == verdict::damaged_tail);
      REQUIRE(last_index(found, main_group) == 4);
      REQUIRE(found.damages.front().offset == given.last_frame());
    } else {
      REQUIRE(last_index(found, main_group) == 5);
    }
  }
  CHECK(given.look().verdict == verdict::clean);
}

TEST_CASE("a flipped bit of the hard state is outvoted by the other slot") {
  small_log given;
  const std::string name{hard_state_name};
  const auto size = given.disk.content(name).size();
  for (std::uint64_t at = 0; at < size; ++at) {
    INFO("octet " << at);
    given.disk.flip_bit(name, at, 3);
    const auto found = given.look();
    given.disk.flip_bit(name, at, 3);
    REQUIRE(found.verdict == verdict::clean);
    REQUIRE_FALSE(found.notes.empty());
    REQUIRE(find_group(found, main_group)->hard.term == raft::term{3});
  }
}

TEST_CASE("with both slots damaged nothing is opened or touched") {
  small_log given;
  const std::string name{hard_state_name};
  given.disk.flip_bit(name, 50, 0);
  given.disk.flip_bit(name, 4096 + 50, 0);
  const auto before = given.disk.content(segment_name(1));
  const auto opened = write_ahead_log::open(given.disk, small_config());
  REQUIRE(opened);
  CHECK(opened->log == nullptr);
  CHECK(opened->found.verdict == verdict::corrupt);
  CHECK(last_index(opened->found, main_group) == 0);
  CHECK(given.disk.content(segment_name(1)) == before);
}

TEST_CASE("an opened log repairs a slot, the good one last") {
  small_log given;
  const std::string name{hard_state_name};
  const auto slot = GENERATE(0u, 1u);
  given.disk.flip_bit(name, slot * 4096 + 50, 0);
  for (std::uint64_t change = 0; change < 3; ++change) {
    auto copy = given.disk.clone();
    copy->power_off_at(copy->changes() + change);
    CHECK_FALSE(write_ahead_log::open(*copy, small_config()));
    // Of the interrupted write one sector arrives, the rest does not.
    copy->restart([](std::size_t n) { return n == 0; });
    const auto opened = open_log(*copy);
    CHECK(find_group(opened.found, main_group)->hard.term == raft::term{3});
  }
  open_log(given.disk);
  CHECK(given.look().notes.empty());
}

TEST_CASE("a bad group commit before good ones is corruption, untouched") {
  small_log given;
  given.disk.flip_bit(segment_name(1), given.starts[1] + 700, 2);
  const auto before = given.disk.content(segment_name(1));
  const auto opened = write_ahead_log::open(given.disk, small_config());
  REQUIRE(opened);
  CHECK(opened->log == nullptr);
  REQUIRE(opened->found.damages.size() == 1);
  const auto& damage = opened->found.damages.front();
  CHECK(damage.kind == verdict::corrupt);
  CHECK(damage.offset == given.starts[1]);
  CHECK(damage.ranges
        == std::vector<index_range>{
            {main_group, raft::log_index{3}, raft::log_index{4}}});
  CHECK(last_index(opened->found, main_group) == 2);
  // The scan went on behind it.
  CHECK(opened->found.frames == 2);
  CHECK(given.disk.content(segment_name(1)) == before);
}

TEST_CASE("the range of a commit without a head ends before the next entries") {
  small_log given;
  given.disk.flip_bit(segment_name(1), given.starts[1] + 10, 2);
  const auto found = given.look();
  CHECK(found.verdict == verdict::corrupt);
  CHECK(found.damages.front().ranges
        == std::vector<index_range>{
            {main_group, raft::log_index{3}, raft::log_index{4}}});
}

TEST_CASE("a missing sector is unfinished at the end and corruption before") {
  small_log given;
  const auto name = segment_name(1);
  const auto before = given.disk.content(name);
  for (auto at = first_frame; at < given.end(); at += sector_octets) {
    INFO("sector at " << at);
    zero(given.disk, name, at, sector_octets);
    const auto found = given.look();
    CHECK(found.verdict
          == (at < given.last_frame() ? verdict::corrupt
                                      : verdict::unfinished_tail));
    given.disk.set_content(name, before);
  }
}

TEST_CASE("a missing segment is corruption, wherever it was") {
  sim_disk disk;
  auto opened = open_log(disk);
  for (std::uint64_t i = 1; i <= 20; ++i)
    commit(*opened.log, entries(main_group, i, i, 400));
  opened.log.reset();
  const auto names = disk.list().value();
  const auto newest = static_cast<std::uint64_t>(names.size()) - 1;
  REQUIRE(newest >= 3);
  for (std::uint64_t number = 1; number <= newest; ++number) {
    auto copy = disk.clone();
    REQUIRE(copy->remove(segment_name(number)));
    const auto found = write_ahead_log::open(*copy, small_config());
    REQUIRE(found);
    CHECK(found->log == nullptr);
    CHECK(found->found.damages.front().file == segment_name(number));
    CHECK(as_written(found->found, 400));
  }
}

TEST_CASE("a log without its hard state is corrupt, not new") {
  small_log given;
  REQUIRE(given.disk.remove(hard_state_name));
  const auto found = given.look();
  CHECK(found.verdict == verdict::corrupt);
  CHECK(found.damages.front().file == hard_state_name);
}

TEST_CASE("a write that went astray is found once the log goes on") {
  sim_disk disk;
  auto opened = open_log(disk);
  commit(*opened.log, entries(main_group, 1, 1));
  SECTION("lost") {
    disk.drop_next_write("wal-");
  }
  SECTION("elsewhere") {
    disk.misdirect_next_write("wal-", 1024);
  }
  SECTION("over an earlier one") {
    disk.misdirect_next_write("wal-", -512);
  }
  commit(*opened.log, entries(main_group, 2, 2));
  commit(*opened.log, entries(main_group, 3, 3));
  opened.log.reset();
  const auto found = verify(disk);
  REQUIRE(found);
  CHECK(found->verdict == verdict::corrupt);
  CHECK(as_written(*found));
}

TEST_CASE("a segment that was swapped for another is corruption") {
  sim_disk disk;
  auto opened = open_log(disk);
  for (std::uint64_t i = 1; i <= 20; ++i)
    commit(*opened.log, entries(main_group, i, i, 400));
  opened.log.reset();
  disk.set_content(segment_name(2), disk.content(segment_name(1)));
  CHECK(verify(disk)->verdict == verdict::corrupt);
}

TEST_CASE("an error of the disk while opening is an error, not a finding") {
  small_log given;
  given.disk.fail_next(sim_disk::operation::read, "wal-", errc::io_error);
  const auto opened = write_ahead_log::open(given.disk, small_config());
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == errc::io_error);
}
