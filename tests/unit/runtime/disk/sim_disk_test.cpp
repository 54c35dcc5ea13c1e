#include "tests/support/sim_disk.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace troupe;

namespace {

using mode = disk_port::open_mode;
using op = sim_disk::operation;

std::unique_ptr<disk_file> durable_file(sim_disk& disk) {
  auto file = disk.open("a", mode::create_new);
  REQUIRE(file);
  REQUIRE((*file)->write(0, bytes(1536, 'o')));
  REQUIRE((*file)->sync());
  REQUIRE(disk.sync_directory());
  return std::move(*file);
}

} // namespace

TEST_CASE("a crash keeps any subset of un-synced sectors") {
  std::set<bytes> outcomes;
  for (unsigned mask = 0; mask < 8; ++mask) {
    sim_disk disk;
    auto file = durable_file(disk);
    REQUIRE(file->write(0, bytes(1536, 'n')));
    REQUIRE(disk.pending_units() == 3);
    disk.restart([mask](std::size_t n) { return (mask >> n & 1) != 0; });
    bytes want;
    for (unsigned n = 0; n < 3; ++n)
      want += bytes(512, mask >> n & 1 ? 'n' : 'o');
    CHECK(disk.content("a") == want);
    outcomes.insert(disk.content("a"));
    CHECK_FALSE(file->read(0, 1));
  }
  CHECK(outcomes.size() == 8);
}

TEST_CASE("what was synced survives, and a size only with its sync") {
  sim_disk disk;
  auto file = durable_file(disk);
  REQUIRE(file->truncate(10));
  disk.restart(sim_disk::keep_nothing());
  CHECK(disk.content("a").size() == 1536);
}

TEST_CASE("directory operations are lost until the directory is synced") {
  sim_disk disk;
  durable_file(disk);
  REQUIRE(disk.open("b", mode::create_new));
  REQUIRE(disk.rename("a", "c"));
  auto kept = disk.clone();
  disk.restart(sim_disk::keep_nothing());
  CHECK(disk.list().value() == std::vector<std::string>{"a"});
  kept->restart([](std::size_t n) { return n == 1; });
  CHECK(kept->list().value() == std::vector<std::string>{"c"});
}

TEST_CASE("a sync the power fails in promises nothing") {
  sim_disk disk;
  auto file = durable_file(disk);
  REQUIRE(file->write(0, "new"));
  disk.power_off_at(disk.changes());
  CHECK_FALSE(file->sync());
  CHECK_FALSE(disk.open("a", mode::existing));
  disk.restart(sim_disk::keep_nothing());
  CHECK(disk.content("a").substr(0, 3) == "ooo");
}

TEST_CASE("scripted faults hit once, where they were aimed") {
  sim_disk disk;
  auto file = durable_file(disk);
  disk.fail_next(op::sync, "b", errc::io_error);
  CHECK(file->sync());
  disk.fail_next(op::write, "a", errc::no_space);
  CHECK(file->write(0, "x").error().code == errc::no_space);
  CHECK(disk.content("a")[0] == 'o');
  disk.drop_next_write("a");
  CHECK(file->write(0, "x"));
  CHECK(disk.content("a")[0] == 'o');
  disk.misdirect_next_write("a", 512);
  CHECK(file->write(0, "x"));
  CHECK(disk.content("a")[512] == 'x');
  disk.flip_bit("a", 1, 0);
  CHECK(disk.content("a")[1] == ('o' ^ 1));
}

TEST_CASE("a full disk refuses whole writes until space returns") {
  sim_disk disk;
  auto file = durable_file(disk);
  disk.set_capacity(2000);
  CHECK(file->write(1536, bytes(500, 'x')).error().code == errc::no_space);
  CHECK(file->preallocate(2001).error().code == errc::no_space);
  CHECK(file->write(0, bytes(500, 'x')));
  CHECK(disk.content("a").size() == 1536);
  disk.set_capacity(3000);
  CHECK(file->write(1536, bytes(500, 'x')));
}

TEST_CASE("a seed repeats its faults, and time is counted, not spent") {
  const auto failures = [](std::uint64_t seed) {
    sim_disk disk;
    auto file = durable_file(disk);
    disk.set_rates({.read = 300'000}, seed);
    disk.set_latency(op::read, 4'000'000);
    std::string out;
    for (int i = 0; i < 50; ++i)
      out += file->read(0, 1) ? '.' : '!';
    CHECK(disk.elapsed_nanoseconds() == 200'000'000);
    return out;
  };
  CHECK(failures(1) == failures(1));
  CHECK(failures(1) != failures(2));
  CHECK(failures(1).find('!') != std::string::npos);
}
