#include "node/agent/container_user.hpp"
#include "node/agent/files.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace troupe;
using namespace troupe::agent;

namespace {

/// One layer of an image, with accounts in it.
struct accounts {
  std::string path;

  accounts() {
    auto pattern =
        (std::filesystem::temp_directory_path() / "agent.XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path = pattern;
    REQUIRE(make_directory(path + "/etc"));
    REQUIRE(write_file(path + "/etc/passwd", "web:x:1000:1000::/:/bin/sh\n"));
    REQUIRE(write_file(path + "/etc/group", "web:x:1000:\n"
                                            "logs:x:50000:web\n"
                                            "media:x:60000:web\n"));
  }

  ~accounts() { std::filesystem::remove_all(path); }

  image::process_user find(const pod::container_user& user) const {
    auto out = find_user({path}, user);
    REQUIRE(out);
    return *out;
  }
};

using ids = std::vector<std::uint32_t>;

} // namespace

TEST_CASE("a pod's group stands in for the image's", "[agent]") {
  struct {
    pod::container_user user;
    const char* want;
  } const rows[] = {
      {{.uid = 7}, "7"},
      {{.uid = 7, .gid = 8}, "7:8"},
      {{.name = "web"}, "web"},
      {{.name = "web:logs"}, "web:logs"},
      {{.gid = 8, .name = "web"}, "web:8"},
      {{.gid = 8, .name = "web:logs"}, "web:8"},
  };
  for (const auto& row : rows)
    CHECK(user_text(row.user) == row.want);
}

TEST_CASE("an image's groups are merged whatever the primary group is",
          "[agent]") {
  const accounts image;
  const auto own = image.find({.uid = 1000});
  CHECK(own.gid == 1000);
  CHECK(own.groups == ids{50000, 60000});
  const auto chosen = image.find({.uid = 1000, .gid = 3000});
  CHECK(chosen.gid == 3000);
  CHECK(chosen.groups == ids{50000, 60000});
  const auto named = image.find({.gid = 3000, .name = "web"});
  CHECK(named.uid == 1000);
  CHECK(named.gid == 3000);
  CHECK(named.groups == ids{50000, 60000});
  CHECK(image.find({.uid = 7, .gid = 8}).groups.empty());
}

TEST_CASE("a user the image does not know is an error", "[agent]") {
  const accounts image;
  CHECK(find_user({image.path}, {.gid = 1, .name = "nobody"}).error().code
        == errc::not_found);
}
