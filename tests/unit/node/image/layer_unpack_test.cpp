#include "node/image/digest.hpp"
#include "node/image/layer_unpack.hpp"
#include "tests/unit/node/image/image_fixture.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>

using namespace troupe;
using namespace troupe::image;
using namespace troupe::image::test;

namespace {

struct stat look(const std::string& path) {
  struct stat out {};
  INFO(path);
  REQUIRE(lstat(path.c_str(), &out) == 0);
  return out;
}

bool is_there(const std::string& path) {
  struct stat out {};
  return lstat(path.c_str(), &out) == 0;
}

std::string attribute(const std::string& path, const char* name) {
  std::array<char, 64> value{};
  const auto size = lgetxattr(path.c_str(), name, value.data(), value.size());
  return size < 0 ? "" : std::string{value.data(), static_cast<size_t>(size)};
}

/// A layer unpacked into "<dir>/<name>".
result<std::string> unpack(const scratch& dir, const std::string& name,
                           const std::vector<member>& members,
                           std::vector<std::string> below = {},
                           const std::string& filter = "",
                           std::uint64_t size_max = 1 << 20) {
  const auto tar = dir / (name + ".tar");
  write_tar(tar, members, filter);
  REQUIRE(mkdir((dir / name).c_str(), 0755) == 0);
  return unpack_layer({tar, dir / name, std::move(below), size_max}, {});
}

} // namespace

TEST_CASE("a layer comes out as it went in") {
  const scratch dir;
  const std::string capability{
      "\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00"
      "\x00\x00\x00\x00\x00\x00\x00\x00",
      20};
  const std::vector<member> members = {
      {"./", 'd', "", 0755},
      {"etc/", 'd', "", 0750, 1, 2},
      {"etc/file", 'f', "hello", 04755, 3, 4},
      {"etc/again", 'h', "etc/file"},
      {"etc/link", 'l', "../../outside"},
      {"cap", 'f', "x", 0755, 0, 0, {{"security.capability", capability}}},
      {"null", 'c', "", 0666},
      {"pipe", 'p', "", 0600},
      {"caf\xc3\xa9", 'f', "utf8"},
      {"later", 'f', "first"},
      {"later", 'f', "second"},
  };
  for (const std::string filter : {"", "gzip", "zstd"}) {
    INFO(filter);
    const auto name = "root" + filter;
    const auto root = dir / name;
    write_tar(dir / "plain.tar", members);
    const auto diff_id = unpack(dir, name, members, {}, filter);
    INFO((diff_id ? "" : diff_id.error().message));
    REQUIRE(diff_id);
    CHECK(*diff_id == digest_of(read_text(dir / "plain.tar")));
    const auto etc = look(root + "/etc");
    CHECK(etc.st_mode == (S_IFDIR | 0750));
    CHECK(etc.st_gid == 2);
    CHECK(etc.st_mtime == 1'000'000'000);
    const auto file = look(root + "/etc/file");
    CHECK(file.st_mode == (S_IFREG | 04755));
    CHECK(file.st_uid == 3);
    CHECK(file.st_nlink == 2);
    CHECK(look(root + "/etc/link").st_mode == (S_IFLNK | 0777));
    CHECK(attribute(root + "/cap", "security.capability") == capability);
    CHECK(look(root + "/null").st_rdev == makedev(1, 3));
    CHECK(look(root + "/null").st_mode == (S_IFCHR | 0666));
    CHECK(S_ISFIFO(look(root + "/pipe").st_mode));
    CHECK(read_text(root + "/caf\xc3\xa9") == "utf8");
    CHECK(read_text(root + "/later") == "second");
  }
}

TEST_CASE("whiteouts become overlayfs's own") {
  const scratch dir;
  REQUIRE(unpack(dir, "root",
                 {{"a/.wh.gone"},
                  {"b/.wh..wh..opq"},
                  {"b/kept", 'f', "x"},
                  {".wh.turned"},
                  {"turned/file", 'f', "x"},
                  {"new", 'f', "x"},
                  {".wh.new"},
                  {".wh..wh.plnk", 'd'}}));
  const auto root = dir / "root";
  const auto gone = look(root + "/a/gone");
  CHECK(S_ISCHR(gone.st_mode));
  CHECK(gone.st_rdev == 0);
  CHECK(attribute(root + "/b", "trusted.overlay.opaque") == "y");
  CHECK(attribute(root + "/turned", "trusted.overlay.opaque") == "y");
  CHECK(is_there(root + "/turned/file"));
  CHECK(read_text(root + "/new") == "x");
  CHECK_FALSE(is_there(root + "/.wh..wh.plnk"));
}

TEST_CASE("directories no entry describes look as below") {
  const scratch dir;
  REQUIRE(unpack(dir, "low", {{"tmp/", 'd', "", 01777, 5, 6}}));
  REQUIRE(unpack(dir, "high", {{"tmp/x/y", 'f', "z"}}, {dir / "low"}));
  CHECK(look(dir / "high/tmp").st_mode == (S_IFDIR | 01777));
  CHECK(look(dir / "high/tmp").st_uid == 5);
  CHECK(look(dir / "high/tmp/x").st_mode == (S_IFDIR | 0755));
}

TEST_CASE("nothing lands outside its layer") {
  const scratch dir;
  const auto outside = dir / "outside";
  REQUIRE(mkdir(outside.c_str(), 0755) == 0);
  write_text(outside + "/secret", "secret");
  const std::vector<std::vector<member>> refused = {
      {{"../outside/x", 'f', "x"}},
      {{"a/../../outside/x", 'f', "x"}},
      {{"x", 'h', "../outside/secret"}},
      {{"x", 'h', outside + "/secret"}},
      {{"x", 'h', "nothing"}},
      {{"up", 'l', "../outside"}, {"up/x", 'f', "x"}},
      {{"up", 'l', outside}, {"up/x", 'f', "x"}},
      {{"up", 'l', outside}, {"x", 'h', "up/secret"}},
      {{"up", 'l', outside}, {"up/.wh.secret"}},
      {{"up", 'l', outside}, {"up/.wh..wh..opq"}},
      {{"loop", 'l', "loop"}, {"loop/x", 'f', "x"}},
      {{"file", 'f', "x"}, {"file/x", 'f', "x"}},
      {{"d/", 'd'}, {"x", 'h', "d"}},
      {{"./", 'f', "x"}},
  };
  for (std::size_t i = 0; i < refused.size(); ++i) {
    INFO(i);
    const auto got = unpack(dir, std::to_string(i), refused[i]);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::corrupt);
  }
  // A link inside is followed as in a container; one replaced is harmless.
  REQUIRE(unpack(
      dir, "ok",
      {{"usr/lib/", 'd'},
       {"lib", 'l', "/usr/lib"},
       {"lib/x", 'f', "x"},
       {"swap", 'l', outside},
       {"swap", 'd'},
       {"swap/secret", 'f', "mine"},
       {"over", 'l', outside + "/secret"},
       {"over", 'f', "mine"},
       {"forged", 'd', "", 0755, 0, 0, {{"trusted.overlay.redirect", "/x"}}}}));
  CHECK(read_text(dir / "ok/usr/lib/x") == "x");
  CHECK(read_text(dir / "ok/swap/secret") == "mine");
  CHECK(attribute(dir / "ok/forged", "trusted.overlay.redirect").empty());
  CHECK(read_text(outside + "/secret") == "secret");
  CHECK_FALSE(is_there(outside + "/x"));
}

TEST_CASE("a tar may end with its last file's last octet") {
  const scratch dir;
  write_tar(dir / "whole.tar", {{"f", 'f', std::string(600, 'x')}});
  const auto whole = read_text(dir / "whole.tar");
  const auto end = whole.rfind('x') + 1;
  REQUIRE(end % 512 != 0);
  write_text(dir / "short.tar", whole.substr(0, end));
  REQUIRE(mkdir((dir / "root").c_str(), 0755) == 0);
  const auto got =
      unpack_layer({dir / "short.tar", dir / "root", {}, 1 << 20}, {});
  REQUIRE(got);
  sha256 hash;
  hash.feed(std::string_view{whole}.substr(0, end));
  CHECK(*got == hash.finish());
  CHECK(read_text(dir / "root/f") == std::string(600, 'x'));
}

TEST_CASE("what is no tar or too much is refused") {
  const scratch dir;
  const auto bomb = unpack(
      dir, "bomb", {{"zeros", 'f', std::string(1 << 21, '\0')}}, {}, "gzip");
  REQUIRE_FALSE(bomb);
  CHECK(bomb.error().code == errc::too_large);

  write_tar(dir / "whole.tar", {{"f", 'f', std::string(100'000, 'x')}}, "gzip");
  const auto whole = read_text(dir / "whole.tar");
  const std::vector<std::string> blobs = {
      "no tar at all, but long enough to look like something" + whole,
      whole.substr(0, whole.size() / 2),
      std::string{"\x1f\x8b\x08\x00garbage", 11}};
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    INFO(i);
    const auto name = "bad" + std::to_string(i);
    write_text(dir / (name + ".tar"), blobs[i]);
    REQUIRE(mkdir((dir / name).c_str(), 0755) == 0);
    const auto got =
        unpack_layer({dir / (name + ".tar"), dir / name, {}, 1 << 20}, {});
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::corrupt);
  }
}
