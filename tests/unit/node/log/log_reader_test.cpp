#include "node/log/log_line.hpp"
#include "node/log/log_reader.hpp"

#include <catch2/catch.hpp>
#include <poll.h>
#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <thread>

using namespace troupe;
using namespace troupe::container_log;
using namespace std::chrono_literals;
using state = log_chunk::state;

namespace {

constexpr int deadline_ms = 10000;

/// A directory of logs that is gone afterwards, written as the shim does.
class log_directory {
public:
  log_directory() {
    auto pattern =
        (std::filesystem::temp_directory_path() / "log.XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }

  ~log_directory() { std::filesystem::remove_all(path_); }

  const std::string& path() const { return path_; }

  void raw(const std::string& text, const std::string& file = "0.log") {
    std::ofstream{path_ + "/" + file, std::ios::app} << text;
  }

  /// The n-th record was written in second n.
  void record(const std::string& text, const char* from = "stdout",
              const char* tag = "F") {
    raw(format_log_time(wall_time{std::chrono::seconds{++records_}}) + " "
        + from + " " + tag + " " + text + "\n");
  }

  void rotate() {
    std::filesystem::rename(path_ + "/0.log",
                            path_ + "/0.log.20260101-00000"
                                + std::to_string(++rotations_));
    raw("");
  }

private:
  std::string path_;
  int records_ = 0;
  int rotations_ = 0;
};

std::unique_ptr<log_reader> open(const log_directory& logs,
                                 const read_options& options) {
  auto reader = open_log(logs.path(), 0, options);
  REQUIRE(reader);
  return std::move(*reader);
}

/// Reads until there is nothing more for now.
bytes drain(log_reader& reader, state then) {
  bytes all;
  for (;;) {
    auto chunk = reader.next();
    REQUIRE(chunk);
    all += chunk->data;
    if (chunk->then == state::more)
      continue;
    CHECK(chunk->then == then);
    return all;
  }
}

bytes read_all(const log_directory& logs, const read_options& options) {
  return drain(*open(logs, options), state::end);
}

bool wakes(const log_reader& reader, int timeout_ms = deadline_ms) {
  pollfd wake{reader.wake_descriptor(), POLLIN, 0};
  return ::poll(&wake, 1, timeout_ms) == 1;
}

/// Reads until `wanted` has come, waiting for changes.
bytes follow_until(log_reader& reader, const bytes& wanted) {
  bytes all;
  while (all.size() < wanted.size()) {
    auto chunk = reader.next();
    REQUIRE(chunk);
    all += chunk->data;
    if (chunk->then == state::waiting && all.size() < wanted.size())
      REQUIRE(wakes(reader));
    REQUIRE(chunk->then != state::end);
  }
  return all;
}

} // namespace

TEST_CASE("a log reads as it was written") {
  log_directory logs;
  logs.record("one");
  logs.record("two, ", "stdout", "P");
  logs.record("still two");
  logs.record("oops", "stderr");
  logs.record("");
  CHECK(read_all(logs, {}) == "one\ntwo, still two\noops\n\n");
  CHECK(read_all(logs, {.standard_error = false}) == "one\ntwo, still two\n\n");
  CHECK(read_all(logs, {.standard_output = false}) == "oops\n");
  CHECK(read_all(logs, {.timestamps = true})
        == "1970-01-01T00:00:01.000000000Z one\n"
           "1970-01-01T00:00:02.000000000Z two, still two\n"
           "1970-01-01T00:00:04.000000000Z oops\n"
           "1970-01-01T00:00:05.000000000Z \n");
  CHECK(read_all(logs, {.since = wall_time{4s}}) == "oops\n\n");
  CHECK(read_all(logs, {.limit_bytes = 6}) == "one\ntw");
  CHECK(read_all(logs, {.limit_bytes = 35, .timestamps = true})
        == "1970-01-01T00:00:01.000000000Z one\n");
}

TEST_CASE("the last lines") {
  log_directory logs;
  logs.record("one");
  logs.record("two, ", "stdout", "P");
  logs.record("still two");
  logs.rotate();
  logs.record("three", "stderr");
  logs.record("four");
  struct row {
    std::uint64_t lines;
    const char* want;
  };
  const auto it = GENERATE(values<row>({
      {0, ""},
      {1, "four\n"},
      {2, "three\nfour\n"},
      {3, "two, still two\nthree\nfour\n"},
      {4, "one\ntwo, still two\nthree\nfour\n"},
      {1000, "one\ntwo, still two\nthree\nfour\n"},
  }));
  CAPTURE(it.lines);
  CHECK(read_all(logs, {.tail_lines = it.lines}) == it.want);
}

TEST_CASE("the last lines of one stream") {
  log_directory logs;
  logs.record("a");
  logs.record("b", "stderr");
  logs.record("c");
  CHECK(read_all(logs, {.tail_lines = 2, .standard_error = false}) == "a\nc\n");
  CHECK(read_all(logs, {.tail_lines = 1, .standard_output = false}) == "b\n");
}

TEST_CASE("a line without its end is a last line") {
  log_directory logs;
  logs.record("one");
  logs.record("name? ", "stdout", "P");
  CHECK(read_all(logs, {.tail_lines = 1}) == "name? ");
  CHECK(read_all(logs, {.tail_lines = 2}) == "one\nname? ");
  CHECK(read_all(logs, {.tail_lines = 0}) == "");
}

TEST_CASE("the last lines are found across blocks") {
  log_directory logs;
  std::vector<bytes> lines;
  std::mt19937 sizes{7};
  for (int i = 0; i < 400; ++i) {
    lines.push_back(std::to_string(i) + bytes(sizes() % 3000, 'x'));
    logs.record(lines.back());
    if (i == 150 || i == 151)
      logs.rotate();
  }
  for (const std::size_t count : {1, 2, 10, 43, 200, 248, 249, 250, 399, 400}) {
    bytes want;
    for (std::size_t i = lines.size() - count; i < lines.size(); ++i)
      want += lines[i] + "\n";
    CAPTURE(count);
    CHECK((read_all(logs, {.tail_lines = count}) == want));
  }
}

TEST_CASE("garbage is skipped and counted") {
  log_directory logs;
  logs.record("one");
  logs.raw("no record\n\n");
  logs.raw(std::string(600 * 1024, 'x') + "\n");
  logs.record("two");
  logs.raw("1970-01-01T00:00:01Z stdout F torn");
  const auto reader = open(logs, {});
  CHECK(drain(*reader, state::end) == "one\ntwo\n");
  CHECK(reader->skipped() == 3);
  CHECK(read_all(logs, {.tail_lines = 1}) == "two\n");
}

TEST_CASE("rotated parts are read in order, others not") {
  log_directory logs;
  logs.record("one");
  logs.rotate();
  logs.record("two");
  logs.rotate();
  logs.record("three");
  logs.raw("nonsense", "0.log.20250101-000000.gz");
  logs.raw("nonsense", "1.log");
  logs.raw("nonsense", "10.log");
  logs.raw("nonsense", "x.log");
  CHECK(read_all(logs, {}) == "one\ntwo\nthree\n");
  CHECK(*restarts(logs.path()) == std::vector<std::uint32_t>{0, 1, 10});
  CHECK(restarts(logs.path() + "/none")->empty());
}

TEST_CASE("a log that is not there") {
  log_directory logs;
  CHECK(open_log(logs.path(), 0, {}).error().code == errc::not_found);
  CHECK(open_log(logs.path() + "/none", 0, {.follow = true}).error().code
        == errc::not_found);
}

TEST_CASE("a reader that does not follow stops where the log ended") {
  log_directory logs;
  logs.record("one");
  const auto reader = open(logs, {});
  logs.record("two");
  logs.rotate();
  logs.record("three");
  CHECK(drain(*reader, state::end) == "one\n");
}

TEST_CASE("a log that rotates while it is opened is found whole") {
  log_directory logs;
  logs.record("one");
  logs.record("two");
  // One rename for each look, at any moment of it.
  std::atomic<int> looks = 0;
  std::atomic<int> renames = 0;
  std::atomic<bool> over = false;
  constexpr int looks_max = 20'000;
  std::thread rotator{[&] {
    std::minstd_rand random{1};
    auto from = logs.path() + "/0.log";
    auto to = logs.path() + "/0.log.20260101-000001";
    while (!over) {
      if (renames == looks) {
        std::this_thread::yield();
        continue;
      }
      for (auto spins = random() % 20'000; spins > 0; --spins)
        std::atomic_signal_fence(std::memory_order_seq_cst);
      std::filesystem::rename(from, to);
      std::swap(from, to);
      ++renames;
    }
  }};
  int lost = 0;
  // On a crowded processor each look takes a turn of everybody's.
  const auto enough = std::chrono::steady_clock::now() + 10s;
  while (looks < looks_max && std::chrono::steady_clock::now() < enough) {
    ++looks;
    auto reader = open_log(logs.path(), 0, {.tail_lines = 1});
    if (!reader || drain(**reader, state::end) != "two\n")
      ++lost;
    while (renames != looks)
      std::this_thread::yield();
  }
  over = true;
  rotator.join();
  CHECK(lost == 0);
}

TEST_CASE("following sees what is written, through rotations") {
  log_directory logs;
  logs.record("one");
  const auto reader = open(logs, {.follow = true});
  CHECK(drain(*reader, state::waiting) == "one\n");
  CHECK_FALSE(wakes(*reader, 0));
  logs.record("two");
  REQUIRE(wakes(*reader));
  CHECK(drain(*reader, state::waiting) == "two\n");
  logs.record("three");
  logs.rotate();
  logs.record("four");
  logs.rotate();
  logs.record("five");
  REQUIRE(wakes(*reader));
  CHECK(drain(*reader, state::waiting) == "three\nfour\nfive\n");
  // A record arrives in two writes.
  logs.raw("1970-01-01T00:00:01Z std");
  CHECK(drain(*reader, state::waiting) == "");
  logs.raw("out F six\n");
  CHECK(follow_until(*reader, "six\n") == "six\n");
  logs.record("seven");
  reader->container_over();
  REQUIRE(wakes(*reader));
  CHECK(drain(*reader, state::end) == "seven\n");
}

TEST_CASE("following waits for a log") {
  log_directory logs;
  const auto reader = open(logs, {.follow = true});
  CHECK(drain(*reader, state::waiting) == "");
  logs.record("one");
  CHECK(follow_until(*reader, "one\n") == "one\n");
  const auto nothing = open_log(logs.path(), 5, {.follow = true});
  REQUIRE(nothing);
  (*nothing)->container_over();
  CHECK(drain(**nothing, state::end) == "");
}

TEST_CASE("following goes on where the parts it knew were deleted") {
  log_directory logs;
  logs.record("one");
  const auto reader = open(logs, {.follow = true});
  CHECK(drain(*reader, state::waiting) == "one\n");
  logs.rotate();
  logs.record("two");
  std::filesystem::remove(logs.path() + "/0.log.20260101-000001");
  CHECK(follow_until(*reader, "two\n") == "two\n");
}

TEST_CASE("following begins with the last lines and keeps the limit") {
  log_directory logs;
  logs.record("one");
  logs.record("two");
  const auto reader =
      open(logs, {.tail_lines = 1, .limit_bytes = 9, .follow = true});
  CHECK(drain(*reader, state::waiting) == "two\n");
  logs.record("three");
  CHECK(drain(*reader, state::end) == "three");
}

TEST_CASE("without an inotify instance following still wakes") {
  log_directory logs;
  logs.record("one");
  // Instances are counted per user, so they are taken until none is left.
  std::vector<std::unique_ptr<log_reader>> crowd;
  for (int i = 0; i < 200; ++i)
    crowd.push_back(open(logs, {.follow = true}));
  CHECK(drain(*crowd.back(), state::waiting) == "one\n");
  logs.record("two");
  CHECK(follow_until(*crowd.back(), "two\n") == "two\n");
}

TEST_CASE("chunks are bounded") {
  log_directory logs;
  for (int i = 0; i < 2000; ++i)
    logs.record(bytes(1000, 'x'));
  const auto reader = open(logs, {});
  std::size_t total = 0;
  for (auto chunk = reader->next(); chunk; chunk = reader->next()) {
    CHECK(chunk->data.size() <= 64 * 1024);
    total += chunk->data.size();
    if (chunk->then == state::end)
      break;
  }
  CHECK(total == 2000 * 1001);
}
