#include "node/image/content_store.hpp"
#include "node/image/digest.hpp"
#include "tests/unit/node/image/image_fixture.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

using namespace troupe;
using namespace troupe::image;
using namespace troupe::image::test;

namespace {

std::string config_json(const std::vector<std::string>& diff_ids) {
  std::string list;
  for (const auto& each : diff_ids)
    list += (list.empty() ? "\"" : ",\"") + each + "\"";
  return R"({"os":"linux","architecture":"amd64","config":{"Cmd":["x"]},)"
         R"("rootfs":{"type":"layers","diff_ids":[)"
         + list + "]}}";
}

/// The files of an image of two layers.
struct sample {
  std::string low, high, config;

  explicit sample(const scratch& dir) {
    write_tar(dir / "low", {{"etc/", 'd', "", 0700}, {"etc/a", 'f', "a"}});
    write_tar(dir / "high", {{"etc/b", 'f', "b"}, {"etc/.wh.a"}});
    low = read_text(dir / "low");
    high = read_text(dir / "high");
    config = config_json({digest_of(low), digest_of(high)});
  }
};

/// What docker save writes; the second image shares the layers by links.
std::string save_archive(const scratch& dir) {
  const sample image{dir};
  const auto path = dir / "saved.tar";
  write_tar(path,
            {{"1/layer.tar", 'f', image.low},
             {"2/layer.tar", 'f', image.high},
             {"3/layer.tar", 'l', "../1/layer.tar"},
             {"c.json", 'f', image.config},
             {"manifest.json", 'f',
              R"([{"Config":"c.json","RepoTags":["app:1","app:2"],)"
              R"("Layers":["3/layer.tar","2/layer.tar"]}])"}},
            "gzip");
  return path;
}

/// An OCI layout of the same, with an image for another machine beside it.
std::string layout_archive(const scratch& dir, const std::string& ref_name) {
  const sample image{dir};
  const auto described = [](const std::string& type, const std::string& data,
                            const std::string& more = "") {
    return R"({"mediaType":")" + type + R"(","digest":")" + digest_of(data)
           + R"(","size":)" + std::to_string(data.size()) + more + "}";
  };
  const auto layer = "application/vnd.oci.image.layer.v1.tar";
  const auto manifest = R"({"schemaVersion":2,"config":)"
                        + described("c", image.config) + R"(,"layers":[)"
                        + described(layer, image.low) + ","
                        + described(layer, image.high) + "]}";
  const auto index =
      R"({"manifests":[)"
      + described("m", manifest,
                  R"(,"annotations":{"org.opencontainers.image.ref.name":")"
                      + ref_name + R"("})")
      + ","
      + described("m", "absent",
                  R"(,"platform":{"os":"unknown","architecture":"unknown"})")
      + "]}";
  std::vector<member> members = {
      {"oci-layout", 'f', R"({"imageLayoutVersion":"1.0.0"})"},
      {"index.json", 'f', index}};
  for (const auto& blob : {image.low, image.high, image.config, manifest})
    members.push_back({"blobs/sha256/" + hex_of(digest_of(blob)), 'f', blob});
  const auto path = dir / "layout.tar";
  write_tar(path, members);
  return path;
}

std::unique_ptr<image_service> open(const scratch& dir) {
  image_service_config config;
  config.root = dir / "store";
  auto out = open_image_service(config);
  REQUIRE(out);
  return std::move(*out);
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("the output of docker save is imported") {
  const scratch dir;
  const auto images = open(dir);
  const auto got = images->import_archive(save_archive(dir));
  INFO((got ? "" : got.error().message));
  REQUIRE(got);
  REQUIRE(got->size() == 1);
  const auto& image = *got->front();
  CHECK(image.repo_tags
        == texts{"docker.io/library/app:1", "docker.io/library/app:2"});
  CHECK(image.repo_digests.empty());
  CHECK(image.config.cmd == texts{"x"});
  REQUIRE(image.layers.size() == 2);
  CHECK(read_text(image.layers[0] + "/etc/a") == "a");
  CHECK(read_text(image.layers[1] + "/etc/b") == "b");
  struct stat etc {};
  REQUIRE(stat((image.layers[1] + "/etc").c_str(), &etc) == 0);
  CHECK(etc.st_mode == (S_IFDIR | 0700));
  CHECK(*images->find("app:2") == image);
  CHECK(run("test -z \"$(ls -A " + (dir / "store/incoming") + ")\"") == 0);
}

TEST_CASE("an OCI layout is imported under its name") {
  struct row {
    std::string annotation, given, want;
  };
  for (const auto& row : {row{"ghcr.io/a/b:1", "", "ghcr.io/a/b:1"},
                          row{"v2", "a/b", "docker.io/a/b:v2"},
                          row{"v2", "a/b:v3", "docker.io/a/b:v3"},
                          row{"bb", "", "docker.io/library/bb:latest"},
                          row{"", "x:y", "docker.io/library/x:y"}}) {
    const scratch dir;
    const auto images = open(dir);
    const auto got =
        images->import_archive(layout_archive(dir, row.annotation), row.given);
    INFO((got ? row.want : got.error().message));
    REQUIRE(got);
    REQUIRE(got->size() == 1);
    CHECK(got->front()->repo_tags == texts{row.want});
    CHECK(got->front()->repo_digests.size() == 1);
  }
  const scratch dir;
  const auto images = open(dir);
  CHECK_FALSE(images->import_archive(layout_archive(dir, "")));
  write_text(dir / "none.tar", "this is no archive");
  CHECK_FALSE(images->import_archive(dir / "none.tar"));
  CHECK_FALSE(images->import_archive(dir / "absent.tar"));
  CHECK(images->list().empty());
}

TEST_CASE("what has no name and no pin is collected") {
  const scratch dir;
  const auto images = open(dir);
  const auto got = images->import_archive(save_archive(dir));
  REQUIRE(got);
  const auto id = got->front()->id;
  const auto used = images->usage();
  CHECK(used->images == 1);
  CHECK(used->layers == 2);
  CHECK(used->layer_bytes > 0);
  CHECK(images->collect()->layers == 0);

  REQUIRE(images->pin("n1/uid/web", id));
  REQUIRE(images->pin("n2/uid/web", id));
  CHECK(images->pins("n1/") == texts{"n1/uid/web"});
  CHECK_FALSE(images->pin("", id));
  CHECK_FALSE(images->pin("x", "sha256:" + std::string(64, '0')));
  REQUIRE(images->remove("app:1"));
  CHECK(images->find("app:1") == nullptr);
  CHECK(images->find("app:2") != nullptr);
  REQUIRE(images->remove(id));
  CHECK(images->remove(id).error().code == errc::not_found);
  CHECK(images->remove("app:9").error().code == errc::not_found);
  REQUIRE(images->unpin("n1/uid/web"));
  CHECK(images->collect()->images == 0);
  CHECK(images->find(id) != nullptr);

  REQUIRE(images->unpin("n2/uid/web"));
  const auto gone = images->collect();
  REQUIRE(gone);
  CHECK(gone->images == 1);
  CHECK(gone->layers == 2);
  CHECK(gone->blob_bytes > 0);
  CHECK(images->find(id) == nullptr);
  CHECK(images->usage()->images == 0);
  CHECK(run("test -z \"$(find " + (dir / "store") + " -type f ! -name lock)\"")
        == 0);
}

TEST_CASE("what a crash left half-done is thrown away") {
  const scratch dir;
  const auto hex = std::string(64, 'a');
  open(dir).reset();
  REQUIRE(run("cd " + (dir / "store") + " && mkdir -p unpacking/" + hex
              + "/etc trash/1/x && touch trash/2 images/.draft-1 && mkdir "
                "layers/"
              + hex)
          == 0);
  const auto images = open(dir);
  CHECK(run("cd " + (dir / "store")
            + " && test -z \"$(ls -A unpacking trash images | grep -v : )\"")
        == 0);
  CHECK(images->collect()->layers == 1);
}

TEST_CASE("leased content survives a collection") {
  const scratch dir;
  const auto store = content_store::open(dir / "store");
  REQUIRE(store);
  const auto digest = digest_of("data");
  {
    const auto lease = store->lease();
    REQUIRE(lease);
    REQUIRE(store->protect(*lease, {digest}));
    REQUIRE(store->write_blob(digest, "data"));
    REQUIRE(store->collect());
    CHECK(store->has_blob(digest));
  }
  REQUIRE(store->collect());
  CHECK_FALSE(store->has_blob(digest));
}
