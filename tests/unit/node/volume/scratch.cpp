#include "tests/unit/node/volume/scratch.hpp"

#include "node/sys/file_tree.hpp"
#include "node/sys/memory_mount.hpp"

#include <catch2/catch.hpp>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace troupe::volume {

namespace {

namespace fs = std::filesystem;

struct stat status_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status;
}

/// Once per process.
bool leave_the_hosts_mounts() {
  return ::unshare(CLONE_NEWNS) == 0
         && ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

} // namespace

scratch::scratch() {
  static const bool alone = leave_the_hosts_mounts();
  REQUIRE(alone);
  auto pattern = (fs::temp_directory_path() / "volume.XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

scratch::~scratch() {
  CHECK(sys::unmount_below(path_));
  CHECK(sys::delete_tree(path_));
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream{path} << text;
}

std::string read_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

mode_t mode_of(const std::string& path) {
  return status_of(path).st_mode & 07777;
}

gid_t group_of(const std::string& path) {
  return status_of(path).st_gid;
}

uid_t user_of(const std::string& path) {
  return status_of(path).st_uid;
}

std::map<std::string, std::string> visible(const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const auto& top : fs::directory_iterator{directory}) {
    const auto name = top.path().filename().string();
    if (name.starts_with(".."))
      continue;
    if (top.is_regular_file())
      files[name] = read_text(top.path());
    if (top.is_directory())
      for (const auto& it : fs::recursive_directory_iterator{top.path()})
        if (it.is_regular_file())
          files[it.path().lexically_relative(directory)] = read_text(it.path());
  }
  return files;
}

} // namespace troupe::volume
