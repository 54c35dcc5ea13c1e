#include "messages/base/base64.hpp"
#include "node/image/digest.hpp"
#include "tests/unit/node/image/scripted_registry.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>

using namespace troupe;
using namespace troupe::image;
using namespace troupe::image::test;

namespace {

using reply = scripted_registry::reply;

image_service_config config_for(const scratch& dir) {
  image_service_config out;
  out.root = dir / "store";
  out.resumes_max = 0;
  return out;
}

std::unique_ptr<image_service> open(const image_service_config& config) {
  auto out = open_image_service(config);
  REQUIRE(out);
  return std::move(*out);
}

served_image small_image(const scratch& dir) {
  return make_image({make_layer(dir, {{"etc/x", 'f', "x"}})});
}

bool says(const std::string& head, const std::string& text) {
  return head.find(text) != head.npos;
}

/// Answers requests whose head has `part`.
scripted_registry::script at(std::string part, reply answer) {
  return [part = std::move(part),
          answer = std::move(answer)](const std::string& head) {
    return says(head, part) ? std::optional{answer} : std::nullopt;
  };
}

/// The fault of a pull, its message without what all begin with.
pull_error fault_of(image_service& images, const std::string& name,
                    keyring logins = {}) {
  auto got = pull(images, {name, pull_policy::always, std::move(logins)});
  REQUIRE_FALSE(got);
  auto out = got.error();
  const auto begin = "failed to pull and unpack image \"" + name + "\": ";
  CHECK(out.message.starts_with(begin));
  out.message.erase(0, begin.size());
  return out;
}

keyring login(const std::string& host, const std::string& user) {
  keyring out;
  out.add(host, {user, "secret"});
  return out;
}

} // namespace

TEST_CASE("each refusal reads as it does elsewhere") {
  const scratch dir;
  const auto images = open(config_for(dir));
  const std::string denied =
      "pull access denied, repository does not exist or may require "
      "authorization: ";
  struct {
    reply answer;
    pull_fault fault;
    std::string text; ///< URL stands for the request's
  } const rows[] = {
      {{"404 Not Found"}, pull_fault::not_found, "NAME: not found"},
      {{"401 Unauthorized"},
       pull_fault::denied,
       denied + "authorization failed: no basic auth credentials"},
      {{"403 Forbidden", "",
        R"({"errors":[{"code":"DENIED","message":"no"}]})"},
       pull_fault::denied,
       denied + "server message: denied: no: authorization failed"},
      {{"429 Too Many Requests", "Retry-After: 1\r\n",
        R"({"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]})"},
       pull_fault::unavailable,
       "unexpected status from GET request to URL: 429 Too Many Requests - "
       "Server message: toomanyrequests: slow down"},
      {{"500 Internal Server Error", "", "<html>"},
       pull_fault::unavailable,
       "unexpected status from GET request to URL: 500 Internal Server Error"},
      {{"200 OK", "", "{\"half\":", 10},
       pull_fault::unavailable,
       "failed to do request: Get \"URL\": unexpected EOF"},
      {{"200 OK", "X: " + std::string(90'000, 'x')
                      + "\r\nY: " + std::string(90'000, 'y')
                      + "\r\nZ: " + std::string(90'000, 'z') + "\r\n"},
       pull_fault::corrupt,
       "failed to do request: Get \"URL\": the answer is too large"},
      {{"200 OK", "", R"({"schemaVersion":1,"fsLayers":[]})"},
       pull_fault::corrupt,
       "manifest schema version 1 is no longer supported"},
      {{"200 OK", "Docker-Content-Digest: " + digest_of("its payload") + "\r\n",
        R"({"schemaVersion":1,"fsLayers":[]})"},
       pull_fault::corrupt,
       "manifest schema version 1 is no longer supported"},
  };
  for (const auto& row : rows) {
    scripted_registry server{{}, at("/manifests/1", row.answer)};
    const auto name = server.name();
    auto want = "failed to resolve reference \"" + name + "\": " + row.text;
    const auto put = [&](const std::string& word, const std::string& value) {
      if (const auto found = want.find(word); found != want.npos)
        want.replace(found, word.size(), value);
    };
    put("NAME", name);
    put("URL", "http://" + server.address() + "/v2/a/b/manifests/1");
    CHECK(fault_of(*images, name) == pull_error{row.fault, want});
  }
  const deaf_port deaf;
  const auto nobody = deaf.address();
  CHECK(fault_of(*images, nobody + "/a:1").message
        == "failed to resolve reference \"" + nobody
               + "/a:1\": failed to do request: Get \"http://" + nobody
               + "/v2/a/manifests/1\": dial tcp " + nobody
               + ": connect: connection refused");
}

TEST_CASE("content that is not what was named is refused") {
  const scratch dir;
  const auto layer = make_layer(dir, {{"x", 'f', std::string(3'000, 'x')}});
  const auto whole = make_image({layer});
  const auto digest = digest_of(layer.blob);
  auto other = layer.blob;
  other.back() ^= 1;
  const std::string zeros(600'000, '\0');
  const auto bomb = make_layer(dir, {{"a", 'f', zeros}, {"b", 'f', zeros}});
  auto foreign = layer;
  foreign.type = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
  struct {
    served_image image;
    scripted_registry::script script;
    pull_fault fault;
    std::string text;
  } const rows[] = {
      {whole, at("/blobs/" + digest, {"200 OK", "", other}),
       pull_fault::corrupt,
       "failed to copy: blob has another digest than " + digest},
      {whole, at("/blobs/" + digest, {"200 OK", "", layer.blob + "x"}),
       pull_fault::corrupt,
       "failed to copy: blob " + digest + " has more than the "
           + std::to_string(layer.blob.size()) + " bytes of its manifest"},
      {whole, at("/blobs/" + digest, {"200 OK", "", layer.blob, 10}), {}, ""},
      {whole,
       at("/blobs/" + digest, {"200 OK", "", layer.blob.substr(0, 9), 10}),
       pull_fault::unavailable,
       "failed to copy: failed to do request: Get \"URL\": unexpected EOF"},
      {make_image({bomb}),
       {},
       pull_fault::corrupt,
       "failed to extract layer " + bomb.diff_id
           + ": layer has more than 1048576 bytes"},
      {make_image({foreign}),
       {},
       pull_fault::corrupt,
       "failed to resolve reference \"NAME\": unsupported layer media type \""
           + foreign.type + "\""},
  };
  for (const auto& row : rows) {
    const scratch own;
    auto config = config_for(own);
    config.layer_size_max = 1 << 20;
    const auto images = open(config);
    scripted_registry server{row.image, row.script};
    auto want = row.text;
    if (const auto found = want.find("NAME"); found != want.npos)
      want.replace(found, 4, server.name());
    if (const auto found = want.find("URL"); found != want.npos)
      want.replace(found, 3,
                   "http://" + server.address() + "/v2/a/b/blobs/" + digest);
    INFO(want);
    if (want.empty()) { // more was promised than there is, but all of it came
      CHECK(pull(*images, {server.name(), {}, {}}));
      continue;
    }
    const auto fault = fault_of(*images, server.name());
    CHECK(fault.message == want);
    CHECK(fault.fault == row.fault);
  }
  const auto images = open(config_for(dir));
  scripted_registry server{
      whole,
      at("/manifests/sha256:", {"200 OK", "", whole.content.at("1") + " "})};
  const auto by_digest = server.address() + "/a/b@" + whole.manifest;
  CHECK(fault_of(*images, by_digest).fault == pull_fault::corrupt);
}

TEST_CASE("layers of all compressions, chosen past attestations") {
  const scratch dir;
  auto plain = make_layer(dir, {{"plain", 'f', "x"}}, "");
  auto zstd = make_layer(dir, {{"zstd", 'f', "x"}}, "zstd");
  auto gzip = make_layer(dir, {{"gzip", 'f', "x"}});
  plain.type = "application/vnd.oci.image.layer.v1.tar";
  zstd.type = "application/vnd.docker.image.rootfs.diff.tar.zstd";
  auto image = make_image({plain, zstd, gzip});
  const auto manifest = image.content.at("1");
  const auto entry = [](const std::string& content, const std::string& rest) {
    return descriptor_of("application/vnd.oci.image.manifest.v1+json", content,
                         R"(,"platform":{"os":)" + rest + "}");
  };
  image.content["1"] =
      R"({"manifests":[)" + entry("x", R"("unknown","architecture":"unknown")")
      + "," + entry("y", R"("linux","architecture":"amd64","variant":"v3")")
      + "," + entry(manifest, R"("linux","architecture":"amd64")") + "]}";
  scripted_registry server{image};
  const auto images = open(config_for(dir));
  const auto got = pull(*images, {server.name(), {}, {}});
  INFO((got ? "" : got.error().message));
  REQUIRE(got);
  REQUIRE(got->image->layers.size() == 3);
  CHECK(read_text(got->image->layers[0] + "/plain") == "x");
  CHECK(read_text(got->image->layers[1] + "/zstd") == "x");
  CHECK(read_text(got->image->layers[2] + "/gzip") == "x");
}

TEST_CASE("a redirect takes no login along and asks for none") {
  const scratch dir;
  const auto image = small_image(dir);
  const bool bearer = GENERATE(false, true);
  std::string thief_address;
  scripted_registry thief{
      image, [&](const std::string& head) -> std::optional<reply> {
        if (says(head, "GET /stolen?"))
          return reply{"200 OK", "", R"({"token":"t"})"};
        return reply{"401 Unauthorized",
                     "WWW-Authenticate: Bearer realm=\"http://" + thief_address
                         + "/stolen\"\r\nWWW-Authenticate: "
                           "Basic realm=\"x\"\r\n"};
      }};
  thief_address = thief.address();
  std::string address;
  scripted_registry server{
      image, [&](const std::string& head) -> std::optional<reply> {
        if (says(head, "GET /token?"))
          return reply{"200 OK", "", R"({"token":"ticket"})"};
        if (!says(head, "Authorization: "))
          return reply{"401 Unauthorized",
                       bearer ? "WWW-Authenticate: Bearer realm=\"http://"
                                    + address + "/token\"\r\n"
                              : "WWW-Authenticate: Basic realm=\"x\"\r\n"};
        if (says(head, "/blobs/"))
          return reply{"307 Temporary Redirect",
                       "Location: http://" + thief_address + "/v2/a/b/blobs/x"
                           + "\r\n"};
        return std::nullopt;
      }};
  address = server.address();
  const auto images = open(config_for(dir));
  auto logins = login(server.address(), "ann");
  logins.add(thief.address(), {"bob", "his"});
  CHECK(fault_of(*images, server.name(), logins).fault == pull_fault::denied);
  const auto heads = thief.heads();
  CHECK(heads.size() == 1);
  CHECK(std::ranges::none_of(heads, [](const auto& head) {
    return says(head, "uthorization") || says(head, "/stolen");
  }));
}

TEST_CASE("tokens end, and not every login has the right") {
  const scratch dir;
  const auto image = small_image(dir);
  std::string address;
  std::atomic<int> tokens = 0;
  // Each token is good for one request only, and eve's for none.
  scripted_registry server{
      image, [&](const std::string& head) -> std::optional<reply> {
        if (says(head, "GET /token?")) {
          CHECK(says(head, "scope=repository%3Aa%2Fb%3Apull&service=shop "));
          const bool eve = says(head, "Basic " + base64_encode("eve:secret"));
          return reply{"200 OK", "",
                       R"({"access_token":")"
                           + (eve ? "eve" : "t" + std::to_string(++tokens))
                           + "\"}"};
        }
        if (says(head, "Bearer eve"))
          return reply{"403 Forbidden"};
        if (says(head, "Bearer t" + std::to_string(tokens) + "\r\n")) {
          ++tokens;
          return std::nullopt;
        }
        return reply{"401 Unauthorized",
                     "WWW-Authenticate: Bearer realm=\"http://" + address
                         + "/token\",service=\"shop\",scope=\"repository:a/"
                           "b:pull\",error=\"invalid_token\"\r\n"};
      }};
  address = server.address();
  const auto images = open(config_for(dir));
  auto logins = login(address + "/a", "eve");
  CHECK(fault_of(*images, server.name(), logins).fault == pull_fault::denied);
  logins.add(address, {"ann", "secret"});
  const auto got = pull(*images, {server.name(), {}, logins});
  INFO((got ? "" : got.error().message));
  CHECK(got);
}

TEST_CASE("a digest in the store is no right to the image") {
  const scratch dir;
  const auto image = small_image(dir);
  scripted_registry server{
      image, [&](const std::string& head) -> std::optional<reply> {
        if (says(head, "Basic " + base64_encode("ann:secret")))
          return std::nullopt;
        return reply{"401 Unauthorized",
                     "WWW-Authenticate: Basic realm=\"x\"\r\n"};
      }};
  const auto images = open(config_for(dir));
  const auto name = server.address() + "/a/b@" + image.manifest;
  const auto hers = login(server.address(), "ann");
  REQUIRE(pull(*images, {name, pull_policy::always, hers}));
  REQUIRE(pull(*images, {name, pull_policy::always, hers}));
  CHECK(fault_of(*images, name).fault == pull_fault::denied);
}
