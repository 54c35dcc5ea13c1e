#include "node/sys/file_tree.hpp"
#include "node/sys/memory_mount.hpp"
#include "node/sys/tree_size.hpp"
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

namespace {

constexpr std::int64_t piece = 64 * 1024;

/// A file system may need blocks of its own for where a piece lies.
bool is_a_piece(std::int64_t octets) {
  return octets >= piece && octets <= piece + 4096;
}

/// Written, not only long.
void fill(const std::string& path) {
  write_text(path, std::string(piece, 'x'));
  const int fd = ::open(path.c_str(), O_RDONLY);
  REQUIRE(::fsync(fd) == 0); // blocks are given out when they are written
  ::close(fd);
}

sys::tree_size measure(const std::string& path,
                       const sys::tree_size_limits& limits = {}) {
  const auto size = sys::measure_tree(path, limits);
  REQUIRE(size);
  return *size;
}

/// How much a change adds to a tree.
template <class F>
std::int64_t added(const std::string& tree, F change) {
  const auto before = measure(tree).octets;
  change();
  return measure(tree).octets - before;
}

} // namespace

TEST_CASE("a tree is as large as its blocks") {
  const scratch here;
  fs::create_directories(here / "tree/a/b");
  CHECK(
      is_a_piece(added(here / "tree", [&] { fill(here / "tree/a/b/file"); })));
  CHECK(added(here / "tree",
              [&] {
                fs::create_hard_link(here / "tree/a/b/file",
                                     here / "tree/a/again");
              })
        == 0);
  CHECK(added(here / "tree",
              [&] {
                const int fd = ::open((here / "tree/sparse").c_str(),
                                      O_WRONLY | O_CREAT, 0600);
                REQUIRE(::ftruncate(fd, 1 << 30) == 0);
                ::close(fd);
              })
        == 0);
  CHECK(is_a_piece(measure(here / "tree/a/b/file").octets));
  CHECK(measure(here / "tree").whole);
  CHECK(sys::measure_tree(here / "absent", {}).error().code == errc::not_found);
}

TEST_CASE("neither links nor mounts are followed") {
  const scratch here;
  fs::create_directories(here / "tree/disk");
  fs::create_directories(here / "tree/memory");
  fs::create_directories(here / "host/deep");
  write_text(here / "tree/file", "");
  fill(here / "host/deep/precious");
  const auto grows = [&](auto change) {
    CHECK(added(here / "tree", change) <= 0);
    CHECK(measure(here / "tree").whole);
  };
  grows([&] {
    fs::create_directory_symlink(here / "host", here / "tree/link");
    fs::create_symlink(here / "host/deep/precious", here / "tree/link2");
  });
  const auto bind = [&](const char* from, const char* to) {
    REQUIRE(::mount((here / from).c_str(), (here / to).c_str(), nullptr,
                    MS_BIND, nullptr)
            == 0);
  };
  grows([&] { bind("host", "tree/disk"); });
  grows([&] { bind("host/deep/precious", "tree/file"); });
  REQUIRE(sys::mount_memory(here / "tree/memory", {.size = 1 << 20}));
  grows(
      [&] { write_text(here / "tree/memory/file", std::string(piece, 'x')); });
  // Yet what is asked for may be one.
  CHECK(measure(here / "tree/memory").octets == piece);
  fs::create_directory_symlink(here / "host", here / "whole");
  CHECK(measure(here / "whole").octets < piece);
  REQUIRE(sys::unmount_below(here / "tree"));
}

TEST_CASE("nothing hides in the depth") {
  const scratch here;
  REQUIRE(sys::make_directories(here / "tree", 0755));
  const std::string name(250, 'd');
  int deepest = ::open((here / "tree").c_str(), O_PATH | O_DIRECTORY);
  for (int depth = 0; depth < 200; ++depth) {
    REQUIRE(::mkdirat(deepest, name.c_str(), 0700) == 0);
    const int next = ::openat(deepest, name.c_str(), O_PATH | O_DIRECTORY);
    ::close(deepest);
    deepest = next;
  }
  CHECK(is_a_piece(added(here / "tree", [&] {
    const int fd = ::openat(deepest, "file", O_WRONLY | O_CREAT, 0600);
    REQUIRE(::write(fd, std::string(piece, 'x').data(), piece) == piece);
    REQUIRE(::fsync(fd) == 0);
    ::close(fd);
  })));
  ::close(deepest);
  CHECK(measure(here / "tree").whole);
  REQUIRE(sys::delete_tree(here / "tree"));
}

TEST_CASE("a count ends at its limits and says so") {
  const scratch here;
  for (int i = 0; i < 20; ++i) {
    fs::create_directories(here / "tree/" + std::to_string(i));
    fill(here / "tree/" + std::to_string(i) + "/file");
  }
  const auto all = measure(here / "tree");
  CHECK(all.whole);
  const auto few = measure(here / "tree", {.entries_max = 25});
  CHECK_FALSE(few.whole);
  CHECK(few.octets < all.octets);
  const auto narrow = measure(here / "tree", {.pending_max = 20});
  CHECK_FALSE(narrow.whole);
  CHECK(narrow.octets < all.octets);
  int asked = 0;
  const auto cut =
      measure(here / "tree", {.stop = [&] { return ++asked > 3; }});
  CHECK_FALSE(cut.whole);
  CHECK(cut.octets < all.octets);
}
