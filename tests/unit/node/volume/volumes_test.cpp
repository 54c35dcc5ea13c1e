#include "node/sys/memory_mount.hpp"
#include "node/volume/volumes.hpp"
#include "tests/unit/node/volume/scratch.hpp"

#include <catch2/catch.hpp>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

using namespace troupe;
using namespace troupe::volume;
namespace fs = std::filesystem;

namespace {

constexpr long tmpfs_magic = 0x01021994;

struct statfs filesystem_of(const std::string& path) {
  struct statfs status {};
  REQUIRE(::statfs(path.c_str(), &status) == 0);
  return status;
}

bool is_memory(const std::string& path) {
  return filesystem_of(path).f_type == tmpfs_magic;
}

std::string prepared(const scratch& here, const volume_plan& plan,
                     const ownership& owner = {}) {
  const auto path = prepare(here / "pod", plan, owner);
  REQUIRE(path);
  return *path;
}

keyed_source source_of(const content_map& content) {
  return {.content = content, .name = "x"};
}

} // namespace

TEST_CASE("emptyDir on the disk") {
  const scratch here;
  const volume_plan plan{"data", empty_dir{}};
  const auto path = prepared(here, plan);
  CHECK(path == here / "pod/volumes/kubernetes.io~empty-dir/data");
  CHECK(mode_of(path) == 0777);
  // What a container did stays when the volume is prepared again.
  write_text(path + "/kept", "x");
  ::chmod(path.c_str(), 0700);
  CHECK(prepared(here, plan) == path);
  CHECK(read_text(path + "/kept") == "x");
  CHECK(mode_of(path) == 0700);
  CHECK(remove_volumes(here / "pod"));
  CHECK_FALSE(fs::exists(here / "pod/volumes"));
  CHECK(remove_volumes(here / "pod"));
}

TEST_CASE("emptyDir with a group") {
  const scratch here;
  // As left by an agent that died before the directory was ready.
  fs::create_directories(here
                         / "pod/volumes/kubernetes.io~empty-dir/data.unready");
  const auto path = prepared(here, {"data", empty_dir{}}, {.fs_group = 4242});
  CHECK(mode_of(path) == 02777);
  CHECK(group_of(path) == 4242);
  CHECK_FALSE(fs::exists(path + ".unready"));
}

TEST_CASE("emptyDir in memory") {
  const scratch here;
  const volume_plan plan{"data",
                         empty_dir{.memory = true, .size_limit = 1 << 20}};
  const auto path = prepared(here, plan, {.fs_group = 4242});
  CHECK(is_memory(path));
  CHECK(filesystem_of(path).f_blocks
            * static_cast<std::uint64_t>(filesystem_of(path).f_bsize)
        == 1 << 20);
  CHECK(mode_of(path) == 03777);
  CHECK(group_of(path) == 4242);
  write_text(path + "/kept", "x");
  // Another agent finds the mount.
  CHECK(prepared(here, plan) == path);
  CHECK(read_text(path + "/kept") == "x");
  CHECK(sys::mounts_below(here.path())->size() == 1);
  CHECK(remove_volumes(here / "pod"));
  CHECK(sys::mounts_below(here.path())->empty());
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("callers who meet at a volume leave it whole") {
  const scratch here;
  const auto plan = [](int n) {
    content_map content;
    for (int i = 0; i < 20; ++i)
      content["key" + std::to_string(i)] = std::to_string(n);
    return volume_plan{"v", config_map_volume{{.content = content}}};
  };
  std::vector<std::thread> all;
  std::atomic<int> failed = 0;
  for (int thread = 0; thread < 4; ++thread)
    all.emplace_back([&, thread] {
      for (int round = 0; round < 30; ++round)
        if (!prepare(here / "pod", plan(thread * 100 + round), {}))
          ++failed;
    });
  for (auto& each : all)
    each.join();
  CHECK(failed == 0);
  const auto path = config_map_path(here / "pod", "v");
  const auto shown = visible(path);
  CHECK(shown.size() == 20);
  for (const auto& [name, text] : shown)
    CHECK(text == shown.begin()->second);
  // The keys, ..data and what it leads to.
  CHECK(std::distance(fs::directory_iterator{path}, {}) == 22);
}

TEST_CASE("what was removed is not brought up to date") {
  const scratch here;
  const content_map content{{"key", "value"}};
  const auto kind = GENERATE(0, 1, 2);
  const volume_plan plan{
      "v",
      kind == 0 ? decltype(volume_plan::source){config_map_volume{
          {.content = content}}}
      : kind == 1
          ? decltype(volume_plan::source){secret_volume{{.content = content}}}
          : decltype(volume_plan::source){empty_dir{}}};
  CHECK(refresh(here / "pod", plan, {}).error().code == errc::not_found);
  REQUIRE(prepare(here / "pod", plan, {}));
  CHECK(refresh(here / "pod", plan, {}));
  REQUIRE(remove_volumes(here / "pod"));
  CHECK(refresh(here / "pod", plan, {}).error().code == errc::not_found);
  // Another one of the pod is there.
  REQUIRE(prepare(here / "pod", {"other", empty_dir{}}, {}));
  CHECK(refresh(here / "pod", plan, {}).error().code == errc::not_found);
  CHECK(sys::mounts_below(here.path())->empty());
  REQUIRE(remove_volumes(here / "pod"));
}

TEST_CASE("what is made of objects is only read") {
  CHECK_FALSE(is_read_only({"v", empty_dir{}}));
  CHECK_FALSE(is_read_only({"v", empty_dir{.memory = true}}));
  CHECK_FALSE(is_read_only({"v", host_path{}}));
  CHECK(is_read_only({"v", config_map_volume{}}));
  CHECK(is_read_only({"v", secret_volume{}}));
  CHECK(is_read_only({"v", downward_volume{}}));
  CHECK(is_read_only({"v", projected_volume{}}));
}

TEST_CASE("each kind has its place and medium") {
  const scratch here;
  const content_map content{{"key", "value"}};
  struct row {
    volume_plan plan;
    const char* directory;
    bool memory;
  };
  const auto rows = std::vector<row>{
      {{"v", config_map_volume{source_of(content)}},
       "kubernetes.io~configmap/v",
       false},
      {{"v", secret_volume{source_of(content)}},
       "kubernetes.io~secret/v",
       true},
      {{"v", downward_volume{{{"key", "value", {}}}}},
       "kubernetes.io~downward-api/v",
       true},
      {{"v", projected_volume{{config_map_source{source_of(content)}}}},
       "kubernetes.io~projected/v",
       true},
  };
  for (const auto& it : rows) {
    INFO(it.directory);
    const auto path = prepared(here, it.plan, {.fs_group = 7});
    CHECK(path == here / (std::string{"pod/volumes/"} + it.directory));
    CHECK(is_memory(path) == it.memory);
    CHECK(read_text(path + "/key") == "value");
    CHECK(mode_of(path + "/key") == 0644);
    CHECK(group_of(path + "/key") == 7);
  }
  CHECK(remove_volumes(here / "pod"));
}

TEST_CASE("a changed ConfigMap reaches its volume") {
  const scratch here;
  const auto plan = [](const char* value) {
    return volume_plan{"cfg", config_map_volume{source_of({{"key", value}})}};
  };
  const auto path = prepared(here, plan("one"));
  CHECK(prepared(here, plan("two")) == path);
  CHECK(read_text(path + "/key") == "two");
}

TEST_CASE("a volume without its source is not made") {
  const scratch here;
  const auto missing = prepare(
      here / "pod", {"cfg", secret_volume{{.name = "gone"}}}, ownership{});
  CHECK(missing.error() == error{errc::not_found, "secret \"gone\" not found"});
  CHECK(fs::is_empty(here / "pod/volumes"));
}

TEST_CASE("host paths are themselves") {
  const scratch here;
  CHECK(prepared(here, {"h", host_path{here.path(), "Directory"}})
        == here.path());
  CHECK(prepare(here / "pod", {"h", host_path{here.path(), "File"}}, {})
            .error()
            .message
        == "hostPath type check failed: " + here.path() + " is not a file");
}

TEST_CASE("names of volumes stay in the pod") {
  const scratch here;
  for (const auto* name : {"", ".", "..", "a/b", "../x", "x.unready"})
    CHECK_FALSE(prepare(here / "pod", {name, empty_dir{}}, {}));
  CHECK_FALSE(fs::exists(here / "pod"));
}

TEST_CASE("removal spares what is mounted into a volume") {
  const scratch here;
  fs::create_directory(here / "host");
  write_text(here / "host/precious", "x");
  const auto path = prepared(here, {"data", empty_dir{}});
  fs::create_directories(path + "/deep/m");
  REQUIRE(::mount((here / "host").c_str(), (path + "/deep/m").c_str(), nullptr,
                  MS_BIND, nullptr)
          == 0);
  CHECK(remove_volumes(here / "pod"));
  CHECK_FALSE(fs::exists(here / "pod/volumes"));
  CHECK(read_text(here / "host/precious") == "x");
}
