#include "node/volume/volumes.hpp"
#include "tests/unit/node/volume/scratch.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <filesystem>
#include <future>

using namespace troupe;
using namespace troupe::volume;
namespace fs = std::filesystem;

namespace {

std::string path_behind(const unique_fd& fd) {
  return fs::read_symlink("/proc/self/fd/" + std::to_string(fd.get()));
}

} // namespace

TEST_CASE("sub paths are opened or made") {
  const scratch here;
  fs::create_directories(here / "volume/a");
  write_text(here / "volume/a/file", "x");
  ::chmod((here / "volume").c_str(), 02770);
  const auto file = open_sub_path(here / "volume", "a/file");
  REQUIRE(file);
  CHECK(path_behind(*file) == here / "volume/a/file");
  const auto made = open_sub_path(here / "volume", "a//b/./c/");
  REQUIRE(made);
  CHECK(path_behind(*made) == here / "volume/a/b/c");
  CHECK(mode_of(here / "volume/a/b/c") == 02770);
  const auto whole = open_sub_path(here / "volume", "");
  REQUIRE(whole);
  CHECK(path_behind(*whole) == here / "volume");
  CHECK_FALSE(open_sub_path(here / "volume", "a/file/below"));
  CHECK_FALSE(open_sub_path(here / "none", "a"));
}

TEST_CASE("sub paths that say they leave are refused") {
  const scratch here;
  struct row {
    const char* path;
    const char* message;
  };
  const auto it = GENERATE(values<row>({
      {"/etc", "error SubPath `/etc` must not be an absolute path"},
      {"..", "unable to provision SubPath `..`: must not contain '..'"},
      {"a/../b", "unable to provision SubPath `a/../b`: must not contain '..'"},
  }));
  CHECK(open_sub_path(here.path(), it.path).error().message == it.message);
}

TEST_CASE("containers that start together make one sub path") {
  const scratch here;
  fs::create_directories(here / "volume");
  for (int round = 0; round < 50; ++round) {
    const auto path = std::to_string(round) + "/a/b";
    const auto make = [&] {
      return open_sub_path(here / "volume", path).has_value();
    };
    auto other = std::async(std::launch::async, make);
    CHECK(make());
    CHECK(other.get());
  }
}

TEST_CASE("symlinks in a volume resolve inside it") {
  const scratch here;
  fs::create_directories(here / "volume/inner");
  fs::create_directories(here / "outside");
  write_text(here / "outside/secret", "x");
  fs::create_symlink("../outside", here / "volume/up");
  fs::create_symlink(here / "outside", here / "volume/absolute");
  fs::create_symlink("/inner", here / "volume/root");
  fs::create_symlink("/proc/self/root", here / "volume/magic");
  fs::create_symlink("loop", here / "volume/loop");

  const auto inner = open_sub_path(here / "volume", "root");
  REQUIRE(inner);
  CHECK(path_behind(*inner) == here / "volume/inner");
  for (const auto* path : {"up/secret", "absolute/secret", "up", "absolute",
                           "magic/etc", "loop", "loop/x"}) {
    CAPTURE(path);
    CHECK_FALSE(open_sub_path(here / "volume", path));
  }
  CHECK_FALSE(fs::exists(here / "volume/outside"));
  // What is made below a link is made inside, too.
  const auto made = open_sub_path(here / "volume", "root/new");
  REQUIRE(made);
  CHECK(path_behind(*made) == here / "volume/inner/new");
  CHECK(fs::directory_iterator { here / "outside" } -> path().filename()
        == "secret");
}
