#include "node/volume/atomic_writer.hpp"
#include "tests/unit/node/volume/scratch.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

using namespace troupe;
using namespace troupe::volume;
namespace fs = std::filesystem;

namespace {

using texts = std::map<std::string, std::string>;

std::string data_of(const std::string& directory) {
  return fs::read_symlink(directory + "/..data");
}

/// Everything directly in the directory.
std::size_t entries(const std::string& directory) {
  return static_cast<std::size_t>(std::distance(
      fs::directory_iterator{directory}, fs::directory_iterator{}));
}

} // namespace

TEST_CASE("files are shown, changed and removed") {
  const scratch here;
  REQUIRE(write_files(here.path(), {{"a", {"1"}}, {"d/e/f", {"2", 0400}}}, {},
                      wall_time{}));
  CHECK(visible(here.path()) == texts{{"a", "1"}, {"d/e/f", "2"}});
  CHECK(mode_of(here / "a") == 0644);
  CHECK(mode_of(here / "d/e/f") == 0400);
  CHECK(mode_of(here / "d/e") == 0755);
  CHECK(data_of(here.path()).starts_with("..1970_01_01_00_00_00."));
  CHECK(fs::read_symlink(here / "d") == "..data/d");

  REQUIRE(
      write_files(here.path(), {{"a", {"3"}}, {"b", {""}}}, {}, wall_time{}));
  CHECK(visible(here.path()) == texts{{"a", "3"}, {"b", ""}});
  CHECK(entries(here.path()) == 4); // a, b, ..data, ..<time>

  REQUIRE(write_files(here.path(), {}, {}, wall_time{}));
  CHECK(visible(here.path()).empty());
  CHECK(entries(here.path()) == 2);
}

TEST_CASE("nothing is written when nothing changed") {
  const scratch here;
  const file_set files{{"a", {"1"}}, {"b/c", {"2"}}};
  REQUIRE(write_files(here.path(), files, {}, wall_time{}));
  const auto data = data_of(here.path());
  REQUIRE(write_files(here.path(), files, {}, wall_time{}));
  CHECK(data_of(here.path()) == data);
  // A mode, a group or an owner is a change.
  REQUIRE(write_files(here.path(), {{"a", {"1", 0600}}, {"b/c", {"2"}}}, {},
                      wall_time{}));
  CHECK(data_of(here.path()) != data);
  const auto then = data_of(here.path());
  REQUIRE(write_files(here.path(), {{"a", {"1", 0600}}, {"b/c", {"2"}}}, 4242,
                      wall_time{}));
  CHECK(data_of(here.path()) != then);
  CHECK(group_of(here / "a") == 4242);
  CHECK(group_of(here / "b") == 4242);
  CHECK(mode_of(here / "b") == 02755);
  REQUIRE(write_files(here.path(), {{"a", {"1", 0600, 77}}}, {}, wall_time{}));
  CHECK(user_of(here / "a") == 77);
}

TEST_CASE("what others changed is put right") {
  const scratch here;
  const file_set files{{"a", {"1"}}};
  REQUIRE(write_files(here.path(), files, {}, wall_time{}));
  write_text(here / "a", "tampered");
  fs::create_directory(here / "..data/more");
  write_text(here / "..data/more/x", "x");
  REQUIRE(write_files(here.path(), files, {}, wall_time{}));
  CHECK(visible(here.path()) == texts{{"a", "1"}});
  CHECK_FALSE(fs::exists(here / "..data/more"));
}

TEST_CASE("an interrupted write is finished by the next") {
  const scratch here;
  REQUIRE(write_files(here.path(), {{"a", {"1"}}, {"old", {"x"}}}, {},
                      wall_time{}));
  const auto first = data_of(here.path());
  SECTION("before the new files were shown") {
    fs::create_directory(here / "..2000_01_01_00_00_00.abcdef");
    write_text(here / "..2000_01_01_00_00_00.abcdef/a", "half");
    fs::create_symlink("..2000_01_01_00_00_00.abcdef", here / "..data_tmp");
    CHECK(visible(here.path()) == texts{{"a", "1"}, {"old", "x"}});
  }
  SECTION("after, with links and old files not yet put right") {
    fs::create_directory(here / "..2000_01_01_00_00_00.abcdef");
    write_text(here / "..2000_01_01_00_00_00.abcdef/a", "2");
    fs::create_symlink("..2000_01_01_00_00_00.abcdef", here / "..data_tmp");
    fs::rename(here / "..data_tmp", here / "..data");
  }
  SECTION("a link was lost") {
    fs::remove(here / "a");
  }
  REQUIRE(write_files(here.path(), {{"a", {"2"}}, {"new", {"y"}}}, {},
                      wall_time{}));
  CHECK(visible(here.path()) == texts{{"a", "2"}, {"new", "y"}});
  CHECK(entries(here.path()) == 4);
  CHECK_FALSE(fs::exists(here / first));
}

TEST_CASE("a writer killed at any moment leaves one plan") {
  const scratch here;
  const auto plan = [](int turn) {
    const auto text = std::to_string(turn);
    return file_set{{"x", {text}}, {"d/y", {text}}};
  };
  REQUIRE(write_files(here.path(), plan(0), {}, wall_time{}));
  for (int life = 0; life < 30; ++life) {
    std::array<int, 2> told;
    REQUIRE(::pipe(told.data()) == 0);
    const auto writer = ::fork();
    if (writer == 0) {
      char begun = 0;
      for (int turn = 1;; ++turn) {
        static_cast<void>(
            write_files(here.path(), plan(turn), {}, wall_time{}));
        if (::write(told[1], &begun, 1) != 1)
          ::_exit(1);
      }
    }
    // Another moment of its work in each life.
    std::vector<char> turns(static_cast<std::size_t>(life + 1));
    CHECK(::read(told[0], turns.data(), turns.size()) > 0);
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
    ::close(told[0]);
    ::close(told[1]);
    CHECK(read_text(here / "..data/x") == read_text(here / "..data/d/y"));
    REQUIRE(write_files(here.path(), plan(-life), {}, wall_time{}));
    CHECK(
        visible(here.path())
        == texts{{"x", std::to_string(-life)}, {"d/y", std::to_string(-life)}});
    CHECK(entries(here.path()) == 4);
  }
}

TEST_CASE("a failed write leaves what was there") {
  const scratch here;
  REQUIRE(write_files(here.path(), {{"a", {"1"}}}, {}, wall_time{}));
  // A file set is checked before; here the kernel is what refuses.
  CHECK_FALSE(write_files(here.path(),
                          {{"a", {"2"}}, {std::string(300, 'x'), {"3"}}}, {},
                          wall_time{}));
  CHECK(visible(here.path()) == texts{{"a", "1"}});
  CHECK(entries(here.path()) == 3);
}

TEST_CASE("readers see one plan or the next, never both") {
  const scratch here;
  const auto plan = [](int turn) {
    const bytes text(2000, static_cast<char>('a' + turn % 26));
    return file_set{{"x", {text}}, {"y", {text}}};
  };
  REQUIRE(write_files(here.path(), plan(0), {}, wall_time{}));
  std::atomic<bool> done = false;
  std::atomic<int> mixed = 0;
  std::atomic<int> reads = 0;
  std::thread reader{[&] {
    while (!done || reads == 0) {
      const auto shown = data_of(here.path());
      const int data =
          ::open((here / "..data").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
      if (data < 0) {
        // There always is a plan, which may go while its link is followed.
        if (data_of(here.path()) == shown)
          ++mixed;
        continue;
      }
      const auto directory = "/proc/self/fd/" + std::to_string(data);
      const auto x = read_text(directory + "/x");
      const auto y = read_text(directory + "/y");
      // Both are gone together once the directory is deleted.
      if (!x.empty() && !y.empty() && x != y)
        ++mixed;
      ++reads;
      ::close(data);
    }
  }};
  for (int turn = 1; turn < 200; ++turn)
    if (!write_files(here.path(), plan(turn), {}, wall_time{}))
      ++mixed;
  done = true;
  reader.join();
  CHECK(mixed == 0);
}
