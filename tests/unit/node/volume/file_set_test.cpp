#include "node/volume/file_set.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::volume;

namespace {

const content_map two_keys{{"a", "1"}, {"b", "2"}};

} // namespace

TEST_CASE("all keys, or the items") {
  config_map_volume volume{{.content = two_keys, .name = "cfg"}};
  CHECK(*plan_files(volume, {}) == file_set{{"a", {"1"}}, {"b", {"2"}}});
  volume.from.items = {{"a", "etc/x.conf", std::nullopt}, {"b", "y", 0400}};
  volume.default_mode = 0640;
  CHECK(*plan_files(volume, {})
        == file_set{{"etc/x.conf", {"1", 0640}}, {"y", {"2", 0400}}});
  CHECK(plan_files(volume, {.fs_group = 7})->at("y").mode == 0440);
}

TEST_CASE("missing objects and keys") {
  struct row {
    bool object;
    bool optional;
    const char* config_map;
    const char* secret;
  };
  const auto it = GENERATE(values<row>({
      {false, false, "configmap \"cfg\" not found", "secret \"cfg\" not found"},
      {true, false, "configmap references non-existent config key: c",
       "references non-existent secret key: c"},
      {false, true, "", ""},
      {true, true, "", ""},
  }));
  keyed_source source{.name = "cfg",
                      .items = {{"a", "a", {}}, {"c", "c", {}}},
                      .optional = it.optional};
  if (it.object)
    source.content = two_keys;
  const auto config_map = plan_files(config_map_volume{source}, {});
  const auto secret = plan_files(secret_volume{source}, {});
  if (!it.optional) {
    CHECK(config_map.error() == error{errc::not_found, it.config_map});
    CHECK(secret.error() == error{errc::not_found, it.secret});
  } else {
    const auto want = it.object ? file_set{{"a", {"1"}}} : file_set{};
    CHECK(*config_map == want);
    CHECK(*secret == want);
  }
}

TEST_CASE("projected sources come together") {
  projected_volume volume{
      .sources = {config_map_source{{.content = two_keys}},
                  secret_source{{.content = content_map{{"b", "secret"}}}},
                  downward_source{{{"labels", "x=\"y\"", 0444}}},
                  token_source{"token", "t0k"}},
      .default_mode = 0604};
  CHECK(*plan_files(volume, {})
        == file_set{{"a", {"1", 0604}},
                    {"b", {"secret", 0604}},
                    {"labels", {"x=\"y\"", 0444}},
                    {"token", {"t0k", 0604}}});
  const auto owned = *plan_files(volume, {.fs_group = 5, .user = 1000});
  CHECK(owned.at("token") == planned_file{"t0k", 0640, 1000});
  CHECK(owned.at("a") == planned_file{"1", 0644, std::nullopt});
  CHECK(plan_files(volume, {.user = 1000})->at("token").mode == 0600);
}

TEST_CASE("paths that lead out or into the writer's own are refused") {
  struct row {
    std::string path;
    const char* message;
  };
  const auto it = GENERATE(values<row>({
      {"", "invalid path: must not be empty: \"\""},
      {"/etc/passwd", "invalid path: must be relative path: /etc/passwd"},
      {"../x", "invalid path: must not contain '..': ../x"},
      {"a/../../x", "invalid path: must not contain '..': a/../../x"},
      {"a/..", "invalid path: must not contain '..': a/.."},
      {"..data", "invalid path: must not start with '..': ..data"},
      {"..data/x", "invalid path: must not start with '..': ..data/x"},
      {"./..data", "invalid path: must not start with '..': ./..data"},
      {"./", "invalid path: must name a file: ./"},
      {std::string(256, 'x'), "invalid path: filenames must be less than or "
                              "equal to 255 characters"},
      {std::string{"a\0b", 3},
       "invalid path: must not contain a null character"},
  }));
  CAPTURE(it.path);
  const auto planned =
      plan_files(downward_volume{.items = {{it.path, "x", {}}}}, {});
  CHECK(planned.error() == error{errc::invalid_argument, it.message});
}

TEST_CASE("odd but harmless paths") {
  const auto planned =
      plan_files(downward_volume{.items = {{"a//b/./c", "1", {}},
                                           {"a/..b", "2", {}},
                                           {"...", "", {}}}},
                 {});
  CHECK(planned.error().message
        == "invalid path: must not start with '..': ...");
  CHECK(*plan_files(downward_volume{.items = {{"a//b/./c", "1", {}},
                                              {"a/..b", "2", {}},
                                              {".x", "3", {}}}},
                    {})
        == file_set{{"a/b/c", {"1"}}, {"a/..b", {"2"}}, {".x", {"3"}}});
}

TEST_CASE("a file is no directory") {
  const downward_volume volume{
      .items = {{"a", "1", {}}, {"a-b", "2", {}}, {"a/b", "3", {}}}};
  CHECK(plan_files(volume, {}).error().message
        == "invalid path: \"a\" is both a file and a directory");
}
