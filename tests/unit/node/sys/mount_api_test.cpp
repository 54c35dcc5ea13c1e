#include "node/sys/memory_file.hpp"
#include "node/sys/mount_api.hpp"
#include "node/sys/overlay.hpp"
#include "node/sys/spawn_detached.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace troupe;
using namespace troupe::sys;
namespace fs = std::filesystem;

namespace {

struct temporary {
  std::string path;

  temporary() {
    char name[] = "/tmp/troupe-mount-XXXXXX";
    path = mkdtemp(name);
  }

  ~temporary() { fs::remove_all(path); }

  std::string directory(const std::string& name) const {
    fs::create_directories(path + "/" + name);
    return path + "/" + name;
  }
};

void write_at(const std::string& path, const std::string& text) {
  std::ofstream{path} << text;
}

std::string read_below(const unique_fd& mount, const std::string& name) {
  const unique_fd file{openat(mount.get(), name.c_str(), O_RDONLY | O_CLOEXEC)};
  const auto text = file ? read_all(file, 1000) : result<bytes>{bytes{"none"}};
  return text ? *text : "unreadable";
}

std::string mount_table() {
  std::ifstream file{"/proc/self/mountinfo"};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

} // namespace

TEST_CASE("file systems are mounted nowhere", "[sys]") {
  const auto name = "troupe-test-" + std::to_string(getpid());
  const auto mount =
      make_mount("tmpfs", {{"source", name}, {"size", "64k"}, {"mode", "700"}},
                 MOUNT_ATTR_NODEV);
  REQUIRE(mount);
  const unique_fd file{
      openat(mount->get(), "x", O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
  CHECK(file);
  REQUIRE(change_mount(*mount, {MOUNT_ATTR_RDONLY, 0, false}).has_value()
          == false); // somebody writes
  CHECK(mount_table().find(name) == std::string::npos);
  CHECK(!make_mount("no-such-type", {}, 0));
  CHECK(!make_mount("tmpfs", {{"no-such-option", ""}}, 0));
}

TEST_CASE("layers lie over each other", "[sys]") {
  const auto make = GENERATE(make_overlay, make_overlay_at_once);
  const temporary place;
  overlay_layers layers;
  // More than one option takes, with names that it would misread.
  for (int i = 0; i < 120; ++i) {
    const auto layer = place.directory("layer," + std::to_string(i) + ":x");
    write_at(layer + "/top", std::to_string(i));
    write_at(layer + "/only-" + std::to_string(i), "here");
    layers.lower.push_back(layer);
  }
  layers.upper = place.directory(std::string(200, 'u') + "/upper");
  layers.work = place.directory(std::string(200, 'u') + "/work");
  const auto root = make(layers);
  REQUIRE(root);
  CHECK(read_below(*root, "top") == "0");
  CHECK(read_below(*root, "only-119") == "here");
  const unique_fd made{
      openat(root->get(), "new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
  CHECK(made);
  CHECK(fs::exists(layers.upper + "/new"));
  CHECK(mount_table().find(place.path) == std::string::npos);
  layers.lower = {place.path + "/missing"};
  const auto failed = make(layers);
  REQUIRE(!failed);
  CHECK(failed.error().code == errc::not_found);
}

TEST_CASE("a clone may be less than its mount", "[sys]") {
  const temporary place;
  const auto source = place.directory("source");
  write_at(source + "/file", "text");
  const auto mount = clone_mount(AT_FDCWD, source, true);
  REQUIRE(mount);
  REQUIRE(change_mount(*mount, {MOUNT_ATTR_RDONLY, 0, true}));
  CHECK(read_below(*mount, "file") == "text");
  CHECK(openat(mount->get(), "other", O_WRONLY | O_CREAT | O_CLOEXEC, 0600)
        < 0);
  CHECK(errno == EROFS);
  const unique_fd named{open((source + "/file").c_str(), O_PATH | O_CLOEXEC)};
  CHECK(clone_mount(named.get(), "", false));
  CHECK(!clone_mount(AT_FDCWD, place.path + "/missing", false));
}

TEST_CASE("a detaching program gets what it was given", "[sys]") {
  const temporary place;
  const unique_fd shell{open("/bin/busybox", O_RDONLY | O_CLOEXEC)};
  const unique_fd target{
      open(place.directory("d").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  const unique_fd other{open("/dev/zero", O_RDONLY | O_CLOEXEC)};
  REQUIRE(shell);
  CHECK(run_detaching(shell,
                      {"sh", "-c",
                       "cd /proc/self/fd/4 && readlink /proc/$$/fd/3 >seen && "
                       "set -- /proc/$$/fd/* && echo $# >>seen"},
                      {other.get(), target.get()}));
  std::ifstream seen{place.path + "/d/seen"};
  std::string third;
  int count = 0;
  seen >> third >> count;
  CHECK(third == "/dev/zero");
  CHECK(count == 6); // and the directory that the shell reads
  const auto failed = run_detaching(shell, {"sh", "-c", "exit 3"}, {});
  REQUIRE(!failed);
  CHECK(failed.error().code == errc::io_error);
}
