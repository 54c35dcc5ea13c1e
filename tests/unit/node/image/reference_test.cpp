#include "node/image/reference.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::image;

namespace {

const std::string hex(64, 'a');
const auto digest = "sha256:" + hex;

} // namespace

TEST_CASE("references are normalised as Docker does") {
  struct row {
    std::string given, normalised, familiar;
  };
  const std::vector<row> rows = {
      {"nginx", "docker.io/library/nginx:latest", "nginx:latest"},
      {"nginx:1.14.2", "docker.io/library/nginx:1.14.2", "nginx:1.14.2"},
      {"library/nginx", "docker.io/library/nginx:latest", "nginx:latest"},
      {"docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest"},
      {"index.docker.io/library/nginx", "docker.io/library/nginx:latest",
       "nginx:latest"},
      {"user/app:v1", "docker.io/user/app:v1", "user/app:v1"},
      {"docker.io/library/a/b", "docker.io/library/a/b:latest",
       "library/a/b:latest"},
      {"registry.k8s.io/pause:3.9", "registry.k8s.io/pause:3.9",
       "registry.k8s.io/pause:3.9"},
      {"localhost/app", "localhost/app:latest", "localhost/app:latest"},
      {"localhost:5000/app", "localhost:5000/app:latest",
       "localhost:5000/app:latest"},
      {"localhost:5000", "docker.io/library/localhost:5000", "localhost:5000"},
      {"127.0.0.1:5000/a/b:c", "127.0.0.1:5000/a/b:c", "127.0.0.1:5000/a/b:c"},
      {"[::1]:5000/app", "[::1]:5000/app:latest", "[::1]:5000/app:latest"},
      {"Host/app", "Host/app:latest", "Host/app:latest"},
      {"nginx@" + digest, "docker.io/library/nginx@" + digest,
       "nginx@" + digest},
      {"nginx:1@" + digest, "docker.io/library/nginx@" + digest,
       "nginx:1@" + digest},
      {"x/a__b--c.d/e_f", "docker.io/x/a__b--c.d/e_f:latest",
       "x/a__b--c.d/e_f:latest"},
  };
  for (const auto& row : rows) {
    INFO(row.given);
    const auto got = parse_reference(row.given);
    REQUIRE(got);
    CHECK(got->normalised() == row.normalised);
    CHECK(got->familiar() == row.familiar);
    CHECK(*parse_reference(got->familiar()) == *got);
  }
}

TEST_CASE("malformed references are refused in upstream's words") {
  struct row {
    std::string given, reason;
  };
  const std::string format = "invalid reference format";
  const std::vector<row> rows = {
      {"", format},
      {":latest", format},
      {"nginx:", format},
      {"nginx@", format},
      {"nginx:a b", format},
      {"nginx:-a", format},
      {"nginx:" + std::string(129, 'a'), format},
      {"a//b", format},
      {"/a", format},
      {"a/", format},
      {"-a", format},
      {"a-", format},
      {"a___b", format},
      {"a..b/c/d", format},
      {"a.-b/c", format},
      {"host:port/app", format},
      {"http://host/app", format},
      {"[::1/app", format},
      {"Nginx", format + ": repository name (library/Nginx) must be lowercase"},
      {"Uppercase:tag",
       format + ": repository name (library/Uppercase) must be lowercase"},
      {"docker.io/A/b", format + ": repository name (A/b) must be lowercase"},
      {hex, "invalid repository name (" + hex
                + "), cannot specify 64-byte hexadecimal strings"},
      {"nginx@sha256:abc", "invalid checksum digest length"},
      {"nginx@sha512:" + hex + hex, "unsupported digest algorithm"},
      {std::string(256, 'a'),
       "repository name must not be more than 255 characters"},
  };
  for (const auto& row : rows) {
    INFO(row.given);
    const auto got = parse_reference(row.given);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::invalid_argument);
    CHECK(got.error().message
          == "couldn't parse image reference \"" + row.given
                 + "\": " + row.reason);
  }
}

TEST_CASE("digests are sha256 in lower case") {
  CHECK(is_digest(digest));
  CHECK_FALSE(is_digest(digest + "a"));
  CHECK_FALSE(is_digest("sha256:" + std::string(64, 'A')));
  CHECK_FALSE(is_digest("sha256:" + std::string(63, 'a')));
  CHECK_FALSE(is_digest("sha512:" + hex));
}
