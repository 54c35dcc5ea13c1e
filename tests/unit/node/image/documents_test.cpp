#include "node/image/content_store.hpp"
#include "node/image/image_service.hpp"
#include "node/image/layer_path.hpp"
#include "node/image/manifest.hpp"
#include "node/image/registry_text.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::image;

namespace {

std::string digest(char c) {
  return "sha256:" + std::string(64, c);
}

std::string described(std::string_view type, char c, std::string more = {}) {
  return R"({"mediaType":")" + std::string{type} + R"(","digest":")" + digest(c)
         + R"(","size":7)" + more + "}";
}

std::string platform(std::string_view architecture) {
  return R"(,"platform":{"os":"linux","architecture":")"
         + std::string{architecture} + R"("})";
}

constexpr std::string_view layer_type =
    "application/vnd.oci.image.layer.v1.tar+gzip";

} // namespace

TEST_CASE("manifests and indexes are told apart by what they hold") {
  const auto image =
      parse_manifest(R"({"schemaVersion":2,"config":)" + described("c", 'a')
                     + R"(,"layers":[)" + described(layer_type, 'b') + "]}");
  REQUIRE(image);
  const auto& manifest = std::get<image_manifest>(*image);
  CHECK(manifest.config.digest == digest('a'));
  REQUIRE(manifest.layers.size() == 1);
  CHECK(manifest.layers[0]
        == descriptor{std::string{layer_type}, digest('b'), 7});

  const auto index = parse_manifest(
      R"({"manifests":[)" + described("m", 'c', platform("arm64")) + ","
      + described("m", 'd', platform("amd64")) + "]}");
  REQUIRE(index);
  CHECK(select_platform(std::get<image_index>(*index))->digest == digest('d'));
}

TEST_CASE("malformed manifests are refused") {
  const auto config = described("c", 'a');
  const std::vector<std::pair<std::string, errc>> rows = {
      {"", errc::corrupt},
      {"[]", errc::corrupt},
      {"{}", errc::corrupt},
      {R"({"config":{},"layers":[]})", errc::corrupt},
      {R"({"config":)" + config + R"(,"layers":{}})", errc::corrupt},
      {R"({"config":)" + config + R"(,"layers":[],"manifests":[]})",
       errc::corrupt},
      {R"({"manifests":[{"digest":"sha256:../../x","size":1}]})",
       errc::corrupt},
      {R"({"config":)" + config + R"(,"layers":[)" + described("odd", 'b')
           + "]}",
       errc::unsupported},
      {R"({"schemaVersion":1,"fsLayers":[]})", errc::unsupported},
      {std::string(manifest_size_max + 1, ' '), errc::too_large},
  };
  for (const auto& [text, code] : rows) {
    INFO(text.substr(0, 100));
    const auto got = parse_manifest(text);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == code);
  }
}

TEST_CASE("a config says what to run") {
  const auto got = parse_config(
      R"({"os":"linux","architecture":"amd64","config":{"Env":["A=b"],)"
      R"("Entrypoint":null,"Cmd":["nginx","-g"],"User":"app",)"
      R"("WorkingDir":"/w","StopSignal":"SIGQUIT",)"
      R"("ExposedPorts":{"80/tcp":{}},"Volumes":{"/data":{}},)"
      R"("Labels":{"k":"v"}},"rootfs":{"type":"layers","diff_ids":[")"
      + digest('e') + R"("]}})");
  REQUIRE(got);
  const auto& process = got->process;
  CHECK(process.env == std::vector<std::string>{"A=b"});
  CHECK(process.entrypoint.empty());
  CHECK(process.cmd == std::vector<std::string>{"nginx", "-g"});
  CHECK(process.user == "app");
  CHECK(process.working_dir == "/w");
  CHECK(process.stop_signal == "SIGQUIT");
  CHECK(process.exposed_ports == std::vector<std::string>{"80/tcp"});
  CHECK(process.volumes == std::vector<std::string>{"/data"});
  CHECK(process.labels.at("k") == "v");
  CHECK(got->diff_ids == std::vector<std::string>{digest('e')});

  const auto other = parse_config(
      R"({"os":"linux","architecture":"arm64","rootfs":{"diff_ids":[]}})");
  REQUIRE_FALSE(other);
  CHECK(other.error().code == errc::unsupported);
}

TEST_CASE("challenges are read as HTTP has them") {
  using list = std::vector<challenge>;
  CHECK(
      parse_challenges(
          R"(Bearer realm="https://a/token",service="reg \"x\"", scope="r:p")")
      == list{{"bearer",
               {{"realm", "https://a/token"},
                {"service", "reg \"x\""},
                {"scope", "r:p"}}}});
  CHECK(parse_challenges(R"(Basic realm="x", Bearer realm="y")")
        == list{{"basic", {{"realm", "x"}}}, {"bearer", {{"realm", "y"}}}});
  CHECK(parse_challenges("Negotiate") == list{{"negotiate", {}}});
  CHECK(parse_challenges("").empty());
  CHECK(parse_challenges("=x").empty());
  CHECK(parse_challenges(R"(Bearer realm="open)") == list{{"bearer", {}}});
}

TEST_CASE("registry errors read as people know them") {
  CHECK(registry_error_text(
            R"({"errors":[{"code":"MANIFEST_UNKNOWN",)"
            R"("message":"manifest unknown","detail":{"Tag":"x"}}]})")
        == "manifest unknown");
  CHECK(registry_error_text(
            R"({"errors":[{"code":"DENIED","message":"no"},{"code":"X_Y"}]})")
        == "denied: no, x y");
  CHECK(registry_error_text("<html>").empty());
  CHECK(registry_error_text(R"({"errors":1})").empty());
}

TEST_CASE("tokens, ranges and base URLs are read strictly") {
  CHECK(*parse_token(R"({"token":"t"})") == "t");
  CHECK(*parse_token(R"({"access_token":"u"})") == "u");
  CHECK_FALSE(parse_token(R"({"token":"a\r\nb"})"));
  CHECK_FALSE(parse_token("{}"));

  CHECK(parse_content_range("bytes 5-9/10") == content_range{5, 9, 10});
  CHECK(parse_content_range("bytes 5-9/*") == content_range{5, 9, {}});
  for (const auto* bad : {"", "bytes */10", "bytes 9-5/10", "bytes 1-2", "x"})
    CHECK_FALSE(parse_content_range(bad));

  CHECK(*parse_base_url("http://h:1/p/") == base_url{false, "h:1", "/p"});
  for (const auto* bad : {"", "h", "ftp://h", "http://", "http://u@h",
                          "http://h/?q", "http://h/ x"})
    CHECK_FALSE(parse_base_url(bad));

  CHECK(registry_url("docker.io").text() == "https://registry-1.docker.io");
  CHECK(registry_url("localhost:5000").text() == "http://localhost:5000");
  CHECK(registry_url("127.0.0.1:80").text() == "http://127.0.0.1:80");
  CHECK(registry_url("[::1]:80").text() == "http://[::1]:80");
  CHECK(registry_url("127.0.0.1:443").secure);
  CHECK(registry_url("127.evil.com").secure);
  CHECK(registry_url("ghcr.io").text() == "https://ghcr.io");
}

TEST_CASE("mirrors are options of the form registry=URL") {
  mirror_map mirrors;
  REQUIRE(add_mirror(mirrors, "docker.io=http://10.0.0.5:5000/"));
  REQUIRE(add_mirror(mirrors, "docker.io=https://m"));
  CHECK(mirrors
        == mirror_map{{"docker.io", {"http://10.0.0.5:5000", "https://m"}}});
  for (const auto* bad : {"", "docker.io", "=http://x", "a/b=http://x",
                          "a b=http://x", "docker.io=10.0.0.5"})
    CHECK_FALSE(add_mirror(mirrors, bad));
}

TEST_CASE("events say how an image came") {
  image_record record;
  record.size = 70526107;
  const auto image = std::make_shared<const image_record>(record);
  using std::chrono::microseconds;
  CHECK(pulled_event_text("nginx:1.25", {image, false, microseconds{1204500},
                                         microseconds{61500999}})
        == "Successfully pulled image \"nginx:1.25\" in 1.204s (1m1.5s "
           "including waiting). Image size: 70526107 bytes.");
  CHECK(pulled_event_text("a", {image, true, {}, {}})
        == "Container image \"a\" already present on machine");
}

TEST_CASE("layer paths stay inside") {
  CHECK(clean_layer_path("./etc//passwd") == "etc/passwd");
  CHECK(clean_layer_path("/abs/./x/") == "abs/x");
  CHECK(clean_layer_path("./") == "");
  CHECK(clean_layer_path("a..b/...") == "a..b/...");
  for (const auto* bad : {"..", "../x", "a/../b", "a/.."})
    CHECK_FALSE(clean_layer_path(bad));
  CHECK_FALSE(clean_layer_path(std::string(layer_path_max + 1, 'x')));
  CHECK(whiteout_of(".wh.x") == whiteout_kind::entry);
  CHECK(whiteout_of(".wh..wh..opq") == whiteout_kind::opaque);
  CHECK(whiteout_of(".wh..wh.plnk") == whiteout_kind::metadata);
  CHECK(whiteout_of(".wh.") == whiteout_kind::metadata);
  CHECK(whiteout_of(".wh...") == whiteout_kind::metadata);
  CHECK(whiteout_of("wh.x") == whiteout_kind::none);
}

TEST_CASE("records of images read back") {
  const stored_image image{
      digest('a'), digest('b'), 42, {digest('c')}, {digest('d'), digest('e')}};
  CHECK(*decode_image(encode_image(image)) == image);
  for (const auto* bad : {"", "image x\n", "size 1\n", "size\n", "image"})
    CHECK_FALSE(decode_image(bad));
  CHECK_FALSE(decode_image("image " + digest('a') + "\nodd 1\n"));
}
