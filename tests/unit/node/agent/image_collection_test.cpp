#include "node/agent/image_collection.hpp"
#include "tests/unit/node/image/image_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace troupe;
using namespace troupe::agent;
using namespace troupe::image::test;
using namespace std::chrono_literals;

namespace {

constexpr mono_time start{1h};
constexpr std::uint64_t gigabyte = 1'000'000'000;

using texts = std::vector<std::string>;

/// A store with images as `docker save` writes them, and a disk of a gigabyte.
struct world {
  scratch dir;
  std::unique_ptr<image::image_service> images;
  std::uint64_t free = 0; ///< octets of the disk
  image_collection_config config;
  std::unique_ptr<image_collection> collection;

  world() {
    image::image_service_config store;
    store.root = dir / "store";
    images = *image::open_image_service(store);
    restart();
  }

  void restart() {
    collection = std::make_unique<image_collection>(config, *images, [this] {
      return disk_space{gigabyte, free};
    });
  }

  /// Its id. All have one layer of their own.
  std::string add(const std::string& name) {
    write_tar(dir / "layer.tar", {{name, 'f', std::string(100'000, 'x')}});
    const auto layer = read_text(dir / "layer.tar");
    REQUIRE(run("sha256sum < " + (dir / "layer.tar") + " > " + (dir / "sum"))
            == 0);
    const auto diff_id = "sha256:" + read_text(dir / "sum").substr(0, 64);
    write_tar(dir / "image.tar",
              {{"layer.tar", 'f', layer},
               {"c.json", 'f',
                R"({"os":"linux","architecture":"amd64","rootfs":{"type":)"
                R"("layers","diff_ids":[")"
                    + diff_id + "\"]}}"},
               {"manifest.json", 'f',
                R"([{"Config":"c.json","RepoTags":[")" + name
                    + R"(:1"],"Layers":["layer.tar"]}])"}});
    const auto added = images->import_archive(dir / "image.tar");
    REQUIRE(added);
    return added->front()->id;
  }

  /// Short names of what is there.
  texts names() {
    texts out;
    for (const auto& image : images->list())
      for (const auto& tag : image->repo_tags)
        out.push_back(tag.substr(tag.rfind('/') + 1));
    std::ranges::sort(out);
    return out;
  }

  texts run_at(mono_time now) {
    texts out;
    for (const auto& event : collection->run(now))
      out.push_back(to_string(event));
    return out;
  }
};

} // namespace

TEST_CASE("images go from one threshold on, until the other") {
  world at;
  at.add("a");
  at.add("b");
  at.free = gigabyte * 16 / 100;
  CHECK(at.run_at(start).empty());
  CHECK(at.names() == texts{"a:1", "b:1"});
  // One image, of a blob and an unpacked layer, is room enough.
  at.config.low_percent = at.config.high_percent;
  at.restart();
  at.free = gigabyte * 15 / 100 - 150'000;
  CHECK(at.run_at(start).empty());
  CHECK(at.names().size() == 1);
  at.config.high_percent = 100; // never
  at.restart();
  at.free = 0;
  CHECK(at.run_at(start).empty());
  CHECK(at.names().size() == 1);
}

TEST_CASE("images in use and young ones stay") {
  world at;
  const auto used = at.add("used");
  REQUIRE(at.images->pin("n2/uid/c", used));
  at.add("old");
  at.free = gigabyte / 2;
  CHECK(at.run_at(start).empty());
  at.add("young");
  at.free = 0;
  const auto events = at.run_at(start + 1min);
  CHECK(at.names() == texts{"used:1", "young:1"});
  REQUIRE(events.size() == 1);
  CHECK(events[0].starts_with(
      "Warning FreeDiskSpaceFailed: Insufficient free disk space on the node's "
      "image filesystem (100% of 953.7 MiB used). Failed to free sufficient "
      "space by deleting unused images (freed "));
  // The second time in a row is worth an event of its own.
  const auto again = at.run_at(start + 2min);
  REQUIRE(again.size() == 2);
  CHECK(again[1].starts_with("Warning ImageGCFailed: Insufficient free"));
  at.run_at(start + 3min);
  CHECK(at.names() == texts{"used:1"});
  REQUIRE(at.images->unpin("n2/uid/c"));
  at.run_at(start + 4min);
  CHECK(at.names().empty());
}

TEST_CASE("the longest unused goes first") {
  image_collector collector{{}};
  const auto look = [&](mono_time now, const texts& used) {
    std::vector<collectable_image> all;
    for (const auto* id : {"a", "b", "c", "d"})
      all.push_back({id, std::ranges::find(used, id) != used.end()});
    collector.look(all, now);
  };
  look(start, {"a", "b", "d"});
  look(start + 5min, {"a", "d"});
  look(start + 10min, {"d"});
  CHECK(collector.candidates(start + 10min) == texts{"c", "b", "a"});
  collector.look({{"a", false}, {"e", false}}, start + 11min);
  CHECK(collector.candidates(start + 12min) == texts{"a"});
  CHECK(collector.candidates(start + 13min) == texts{"e", "a"});
}

TEST_CASE("a disk without size is an event") {
  world at;
  at.collection = std::make_unique<image_collection>(
      at.config, *at.images, [] { return disk_space{}; });
  CHECK(at.run_at(start)
        == texts{"Warning InvalidDiskCapacity: invalid capacity 0 on image "
                 "filesystem"});
}

TEST_CASE("nobody can pin what goes, and nothing pinned goes") {
  world at;
  const auto id = at.add("a");
  REQUIRE(at.images->pin("n1/uid/c", id));
  const auto kept = at.images->evict(id);
  REQUIRE_FALSE(kept);
  CHECK(kept.error().code == errc::conflict);
  CHECK(at.names() == texts{"a:1"});
  REQUIRE(at.images->unpin("n1/uid/c"));
  const auto gone = at.images->evict(id);
  REQUIRE(gone);
  CHECK(gone->images == 1);
  CHECK(gone->layers == 1);
  CHECK(at.names().empty());
  CHECK_FALSE(at.images->pin("n1/uid/c", id));
}

TEST_CASE("thresholds must make sense") {
  CHECK(image_collection_config{}.validate());
  CHECK_FALSE(image_collection_config{.high_percent = 101}.validate());
  CHECK_FALSE(image_collection_config{.high_percent = 50, .low_percent = 51}
                  .validate());
  CHECK_FALSE(image_collection_config{.age_min = -1s}.validate());
  CHECK_FALSE(image_collection_config{.period = {}}.validate());
}
