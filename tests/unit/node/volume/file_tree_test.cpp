#include "node/sys/file_tree.hpp"
#include "node/sys/memory_mount.hpp"
#include "tests/unit/node/volume/scratch.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

using namespace troupe;
using namespace troupe::volume;
namespace fs = std::filesystem;

TEST_CASE("trees are deleted, links are not followed") {
  const scratch here;
  fs::create_directories(here / "tree/a/b/c");
  fs::create_directories(here / "tree/a2/b");
  write_text(here / "tree/a/b/file", "x");
  write_text(here / "kept", "y");
  fs::create_symlink("../kept", here / "tree/link");
  fs::create_directory_symlink(here.path(), here / "tree/a/up");
  CHECK(sys::delete_tree(here / "tree"));
  CHECK_FALSE(fs::exists(here / "tree"));
  CHECK(read_text(here / "kept") == "y");
  CHECK(sys::delete_tree(here / "tree"));
  fs::create_directory_symlink(here.path(), here / "link");
  CHECK_FALSE(sys::delete_tree(here / "link"));
  CHECK(read_text(here / "kept") == "y");
}

TEST_CASE("any depth can be deleted") {
  const scratch here;
  REQUIRE(sys::make_directories(here / "tree", 0755));
  int deepest = ::open((here / "tree").c_str(), O_PATH | O_DIRECTORY);
  for (int depth = 0; depth < 3000; ++depth) {
    REQUIRE(::mkdirat(deepest, "directory", 0700) == 0);
    const int next = ::openat(deepest, "directory", O_PATH | O_DIRECTORY);
    ::close(deepest);
    deepest = next;
  }
  ::close(deepest);
  CHECK(sys::delete_tree(here / "tree"));
  CHECK_FALSE(fs::exists(here / "tree"));
}

TEST_CASE("a mount is not entered, not even one of the same filesystem") {
  const scratch here;
  fs::create_directories(here / "host");
  write_text(here / "host/precious", "x");
  const auto where = GENERATE("tree/m", "tree/a/b/m");
  fs::create_directories(here / where);
  REQUIRE(::mount((here / "host").c_str(), (here / where).c_str(), nullptr,
                  MS_BIND, nullptr)
          == 0);
  CHECK(sys::delete_tree(here / "tree").error().code == errc::conflict);
  CHECK(read_text(here / "host/precious") == "x");
  REQUIRE(sys::unmount_below(here / "tree"));
  CHECK(sys::delete_tree(here / "tree"));
  CHECK(read_text(here / "host/precious") == "x");
}

TEST_CASE("mounts are found and unmounted, stacked and nested ones too") {
  const scratch here;
  fs::create_directories(here / "a b");
  REQUIRE(sys::mount_memory(here / "a b", {}));
  REQUIRE(sys::mount_memory(here / "a b", {.size = 65536}));
  fs::create_directories(here / "a b/c");
  REQUIRE(sys::mount_memory(here / "a b/c", {}));
  CHECK(
      *sys::mounts_below(here.path())
      == std::vector<std::string>{here / "a b", here / "a b", here / "a b/c"});
  // One that is in use goes, too.
  const int held = ::open((here / "a b/c").c_str(), O_RDONLY | O_DIRECTORY);
  CHECK(sys::unmount_below(here.path()));
  ::close(held);
  CHECK(sys::mounts_below(here.path())->empty());
}

TEST_CASE("directories are made with their mode") {
  const scratch here;
  const auto mask = ::umask(077);
  CHECK(sys::make_directories(here / "a/b/c", 0755));
  ::umask(mask);
  CHECK(mode_of(here / "a") == 0755);
  CHECK(mode_of(here / "a/b/c") == 0755);
  CHECK(sys::make_directories(here / "a/b/c", 0700));
  CHECK(mode_of(here / "a/b/c") == 0755);
  write_text(here / "file", "");
  CHECK_FALSE(sys::make_directories(here / "file", 0755));
  CHECK_FALSE(sys::make_directories(here / "file/x", 0755));
}
