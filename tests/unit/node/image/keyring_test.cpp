#include "messages/base/base64.hpp"
#include "node/image/keyring.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::image;

namespace {

std::vector<std::string> users(const keyring& ring, std::string_view image) {
  std::vector<std::string> out;
  for (const auto& login : ring.lookup(*parse_reference(image)))
    out.push_back(login.username + ":" + login.password);
  return out;
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("docker configs of both forms are read") {
  keyring ring;
  const auto auth = base64_encode("ann:se:cret");
  REQUIRE(ring.add_docker_config(
      R"({"auths":{"https://index.docker.io/v1/":{"auth":")" + auth
      + R"("}}})"));
  REQUIRE(ring.add_docker_config(
      R"({"reg.example.com":{"username":"bob","password":"b"}})"));
  CHECK(users(ring, "nginx") == names{"ann:se:cret"});
  CHECK(users(ring, "reg.example.com/a") == names{"bob:b"});
  CHECK(users(ring, "other.example.com/a").empty());
}

TEST_CASE("broken docker configs add nothing") {
  for (const auto* text :
       {"", "[]", "{\"auths\":[]}", "{\"auths\":{\"a\":1}}",
        R"({"auths":{"a":{"auth":"!"}}})", R"({"auths":{"a":{"auth":"YQ=="}}})",
        R"({"auths":{"a":{"username":"x"},"b":{"auth":"YQ=="}}})"}) {
    INFO(text);
    keyring ring;
    const auto done = ring.add_docker_config(text);
    REQUIRE_FALSE(done);
    CHECK(done.error().code == errc::invalid_argument);
    CHECK(ring.empty());
  }
}

TEST_CASE("the longest pattern that covers the repository comes first") {
  keyring ring;
  ring.add("gcr.io", {"all", ""});
  ring.add("gcr.io/team", {"team", ""});
  ring.add("*.example.com", {"any", ""});
  ring.add("host:5000", {"port", ""});
  CHECK(users(ring, "gcr.io/team/app") == names{"team:", "all:"});
  CHECK(users(ring, "gcr.io/other") == names{"all:"});
  CHECK(users(ring, "a.example.com/x") == names{"any:"});
  CHECK(users(ring, "a.b.example.com/x").empty());
  CHECK(users(ring, "example.com/x").empty());
  CHECK(users(ring, "host:5000/x") == names{"port:"});
  CHECK(users(ring, "host:5001/x").empty());
}
