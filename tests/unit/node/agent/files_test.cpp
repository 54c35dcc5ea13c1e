#include "messages/codec/msgpack.hpp"
#include "node/agent/files.hpp"
#include "node/agent/kept_pods.hpp"
#include "node/agent/machine.hpp"
#include "node/pod/record.hpp"
#include "tests/unit/node/agent/objects.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace troupe;
using namespace troupe::agent;

namespace {

struct directory {
  std::string path;

  directory() {
    auto pattern =
        (std::filesystem::temp_directory_path() / "agent.XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }

  ~directory() { std::filesystem::remove_all(path); }
};

} // namespace

TEST_CASE("a file is replaced whole", "[agent]") {
  const directory in;
  const auto path = in.path + "/a";
  CHECK(read_file(path, 10).error().code == errc::not_found);
  REQUIRE(write_file(path, "first and longer"));
  REQUIRE(write_file(path, bytes{"a\0b", 3}));
  CHECK(*read_file(path, 10) == bytes{"a\0b", 3});
  CHECK(*read_file(path, 2) == bytes{"a\0", 2});
  // Nothing is left beside it.
  CHECK(std::distance(std::filesystem::directory_iterator{in.path}, {}) == 1);
}

TEST_CASE("a file that cannot be written is named", "[agent]") {
  const directory in;
  const auto path = in.path + "/none/a";
  const auto got = write_file(path, "x");
  REQUIRE_FALSE(got);
  CHECK(got.error().message.starts_with(path));
  REQUIRE(make_directory(in.path + "/none/deep"));
  CHECK(write_file(path, "x"));
  CHECK_FALSE(make_directory(path + "/below"));
}

TEST_CASE("pods of an earlier agent are read as far as they can be",
          "[agent]") {
  const directory in;
  const node_paths paths{in.path};
  CHECK(read_kept_pods(paths).empty());
  REQUIRE(make_directory(paths.records()));
  const auto pod = test::shared_object("Pod", R"({"metadata":{"name":"p"}})");
  REQUIRE(write_file(paths.manifest("u1"),
                     codec::encode_msgpack(pod->root(), pod->type())));
  REQUIRE(write_file(paths.record("u1"), "{}"));
  REQUIRE(write_file(paths.manifest("u2"), "\xc1"));
  REQUIRE(write_file(paths.manifest("u3") + ".new", "half"));
  const auto kept = read_kept_pods(paths);
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].first == "u1");
  CHECK(test::text_of(*kept[0].second).find(R"("name":"p")")
        != std::string::npos);
  forget_kept_pod(paths, "u1");
  forget_kept_pod(paths, "u9");
  CHECK(read_kept_pods(paths).empty());
  CHECK_FALSE(std::filesystem::exists(paths.record("u1")));
}

TEST_CASE("what ended under an earlier agent is known", "[agent]") {
  const directory in;
  const node_paths paths{in.path};
  REQUIRE(make_directory(paths.records()));
  pod::observed_pod observed;
  const auto keep = [&] {
    REQUIRE(write_file(paths.record("u1"), pod::encode_record(observed)));
  };
  CHECK_FALSE(was_over(paths, "u1"));
  keep();
  CHECK_FALSE(was_over(paths, "u1"));
  observed.ending_since = wall_time{};
  observed.containers["x"].phase = pod::container_phase::running;
  observed.containers["x"].id = "x1";
  keep();
  CHECK_FALSE(was_over(paths, "u1"));
  observed.containers.clear();
  keep();
  CHECK(was_over(paths, "u1"));
  REQUIRE(write_file(paths.record("u1"), "damaged"));
  CHECK_FALSE(was_over(paths, "u1"));
}

TEST_CASE("a system's name is read as it is written", "[agent]") {
  CHECK(pretty_name("NAME=a\nPRETTY_NAME=\"Debian 12\"\nID=b\n")
        == "Debian 12");
  CHECK(pretty_name("PRETTY_NAME='A B'") == "A B");
  CHECK(pretty_name("PRETTY_NAME=Arch") == "Arch");
  CHECK(pretty_name("PRETTY_NAME=\"") == "\"");
  CHECK(pretty_name("PRETTY_NAME=").empty());
  CHECK(pretty_name("").empty());
}

TEST_CASE("a machine knows itself", "[agent]") {
  const auto machine = read_machine();
  CHECK(machine.processors >= 1);
  CHECK(machine.memory > 0);
  CHECK_FALSE(machine.kernel_version.empty());
  CHECK_FALSE(machine.boot_id.empty());
  CHECK(machine.boot_id.find('\n') == std::string::npos);
  CHECK_FALSE(machine.architecture.empty());
  CHECK(disk_space_of("/").capacity > disk_space_of("/").available);
  CHECK(disk_space_of("/no/such/place").capacity == 0);
}
