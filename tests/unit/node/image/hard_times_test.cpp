#include "node/image/content_store.hpp"
#include "node/image/digest.hpp"
#include "tests/unit/node/image/scripted_registry.hpp"

#include <catch2/catch.hpp>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>

using namespace troupe;
using namespace troupe::image;
using namespace troupe::image::test;

namespace {

image_service_config config_at(const std::string& root) {
  image_service_config out;
  out.root = root;
  return out;
}

std::optional<pull_error> try_pull(const image_service_config& config,
                                   const std::string& name) {
  auto images = open_image_service(config);
  if (!images)
    return pull_error{pull_fault::store_failed, images.error().message};
  std::promise<pull_outcome> done;
  (*images)->pull({name, {}, {}},
                  [&](pull_outcome got) { done.set_value(std::move(got)); });
  const auto got = done.get_future().get();
  return got ? std::nullopt : std::optional{got.error()};
}

/// Pulls onto a disk of `small` octets, then onto what of it is there once it
/// has `large`; what went wrong, or nothing. For a process of its own.
std::string pull_onto_small_disk(const scratch& dir, const std::string& name,
                                 const char* small, const char* large) {
  const auto disk = dir / "disk";
  if (unshare(CLONE_NEWNS) != 0
      || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0
      || run("mkdir " + disk) != 0
      || mount("none", disk.c_str(), "tmpfs", 0, small) != 0)
    return "no disk";
  const auto config = config_at(disk + "/store");
  {
    auto images = open_image_service(config);
    std::promise<pull_outcome> done;
    (*images)->pull({name, {}, {}},
                    [&](pull_outcome got) { done.set_value(std::move(got)); });
    const auto got = done.get_future().get();
    if (got || got.error().fault != pull_fault::store_failed
        || !got.error().message.ends_with(": No space left on device"))
      return "not full: " + (got ? "" : got.error().message);
    // Before the next opening: nothing half unpacked fills the disk.
    if (run("test -z \"$(ls -A " + disk + "/store/unpacking)\"") != 0)
      return "unpacked layers are left";
  }
  if (mount("none", disk.c_str(), "tmpfs", MS_REMOUNT, large) != 0)
    return "no larger disk";
  const auto again = try_pull(config, name);
  return again ? again->message : "";
}

} // namespace

TEST_CASE("a disk that fills up says so, keeps no rest, and recovers") {
  const scratch dir;
  const bool packed = GENERATE(false, true);
  INFO(packed);
  // 2 MB to fetch, or little to fetch and 2 MB to unpack.
  const auto* filter = packed ? "gzip" : "";
  scripted_registry server{make_image(
      {make_layer(dir, {{"low", 'f', std::string(300'000, 'l')}}, filter),
       make_layer(dir, {{"high", 'f', std::string(2'000'000, 'h')}}, filter)})};
  const auto report = dir / "report";
  const auto child = fork();
  if (child == 0) {
    write_text(report, pull_onto_small_disk(dir, server.name(), "size=1500k",
                                            "size=20m"));
    _exit(0);
  }
  REQUIRE(waitpid(child, nullptr, 0) == child);
  CHECK(run("test -e " + report) == 0);
  CHECK(read_text(report).empty());
}

TEST_CASE("a process killed between two layers is no hindrance") {
  const scratch dir;
  const auto low = make_layer(dir, {{"low", 'f', "low"}});
  const auto high = make_layer(dir, {{"high", 'f', "high"}});
  std::promise<void> killed;
  scripted_registry server{
      make_image({low, high}),
      [&, gate = killed.get_future().share(),
       path = "/blobs/" + digest_of(high.blob)](const std::string& head) {
        if (head.find(path) != head.npos)
          gate.wait();
        return std::nullopt;
      }};
  const auto config = config_at(dir / "store");
  const auto child = fork();
  if (child == 0)
    _exit(try_pull(config, server.name()) ? 1 : 0);
  CHECK(eventually([&] {
    return run("cat " + config.root + "/unpacking/*/low >/dev/null 2>&1") == 0;
  }));
  kill(child, SIGKILL);
  killed.set_value();
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  auto images = open_image_service(config);
  REQUIRE(images);
  CHECK((*images)->list().empty());
  CHECK(run("test -z \"$(ls -A " + config.root + "/unpacking)\"") == 0);
  const auto got = pull(**images, {server.name(), {}, {}});
  REQUIRE(got);
  CHECK(read_text(got->image->layers.at(1) + "/high") == "high");
}

TEST_CASE("opening a store takes nothing from those who write to it") {
  const scratch dir;
  const auto store = content_store::open(dir / "store");
  REQUIRE(store);
  std::atomic<bool> over = false;
  std::jthread opener{[&] {
    while (!over)
      static_cast<void>(content_store::open(dir / "store"));
  }};
  for (int i = 0; i < 100; ++i) {
    const auto text = std::to_string(i);
    const auto done = store->write_blob(digest_of(text), text);
    INFO((done ? "" : done.error().message));
    CHECK(done);
  }
  over = true;
}
