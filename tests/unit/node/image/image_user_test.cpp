#include "node/image/image_user.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::image;

namespace {

constexpr std::string_view passwd = "root:x:0:0:root:/root:/bin/sh\n"
                                    "broken line\n"
                                    "bad:x:one:1::/:\n"
                                    "app:x:1000:100:App:/home/app:/bin/sh\n"
                                    "bare:x:7:8::";
constexpr std::string_view group = "root:x:0:\n"
                                   "users:x:100:app,other\n"
                                   "wheel:x:10:root,app\n"
                                   "disk:x:6:app\n";

} // namespace

TEST_CASE("users are resolved against the image's accounts") {
  struct row {
    std::string spec;
    process_user want;
  };
  const std::vector<row> rows = {
      {"", {0, 0, {10}, "root", "/root"}},
      {"root", {0, 0, {10}, "root", "/root"}},
      {"0", {0, 0, {10}, "root", "/root"}},
      {"app", {1000, 100, {6, 10}, "app", "/home/app"}},
      {"1000", {1000, 100, {6, 10}, "app", "/home/app"}},
      {"app:disk", {1000, 6, {}, "app", "/home/app"}},
      {"app:4711", {1000, 4711, {}, "app", "/home/app"}},
      {"4711", {4711, 0, {}, "", "/"}},
      {"4711:wheel", {4711, 10, {}, "", "/"}},
      {"bare", {7, 8, {}, "bare", "/"}},
  };
  for (const auto& row : rows) {
    INFO(row.spec);
    const auto got = resolve_user(row.spec, passwd, group);
    REQUIRE(got);
    CHECK(*got == row.want);
  }
}

TEST_CASE("names without an entry are not found") {
  const auto user = resolve_user("ghost", passwd, group);
  REQUIRE_FALSE(user);
  CHECK(user.error().code == errc::not_found);
  CHECK(user.error().message
        == "unable to find user ghost: no matching entries in passwd file");
  const auto other = resolve_user("app:ghosts", passwd, group);
  REQUIRE_FALSE(other);
  CHECK(other.error().message
        == "unable to find group ghosts: no matching entries in group file");
  CHECK_FALSE(resolve_user("99999999999", passwd, group));
  CHECK(resolve_user("", "", "")->uid == 0);
}
