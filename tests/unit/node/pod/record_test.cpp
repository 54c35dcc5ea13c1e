#include "node/pod/record.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("records that are none are refused", "[pod]") {
  for (const char* text :
       {"", "[]", "{}", "{\"version\":2}", "{\"version\":1",
        R"({"version":1,"containers":{"c":{"phase":1}}})",
        R"({"version":1,"containers":{"c":{"phase":2}}})",
        R"({"version":1,"containers":{"c":{"phase":3}}})",
        R"({"version":1,"containers":{"c":{"phase":3,"exit":{},"stop":{}}}})"})
    CHECK(pod::decode_record(text).error().code == errc::corrupt);
  const auto large =
      "{\"version\":1,\"x\":\"" + std::string(1 << 20, 'x') + "\"}";
  CHECK(pod::decode_record(large).error().code == errc::too_large);
}

TEST_CASE("a record keeps what only the agent knows", "[pod]") {
  pod::observed_pod given;
  given.start_time = wall_time{duration{1'000'000'001}};
  given.sandbox.phase = pod::sandbox_phase::ready;
  given.sandbox.id = "s";
  given.sandbox.addresses = {"10.0.0.1", "fd::1"};
  given.failed_reason = "DeadlineExceeded";
  given.ending_since = wall_time{duration{5}};
  given.ending_grace = duration{7};
  auto& container = given.containers["c"];
  container.phase = pod::container_phase::running;
  container.id = "c1";
  container.pid = 7;
  container.user = pod::process_identity{1000, 0, {0, UINT32_MAX}};
  container.limits = pod::cgroup_limits{2, 0, 100'000, 1 << 20};
  container.restart_count = 3;
  container.restarts = {duration{40}, wall_time{duration{9}}};
  container.last_exit = pod::container_exit{"c0", 1, 0, "Error", "no", {}, {}};
  container.stop =
      pod::container_stop{pod::stop_stage::waiting, {}, {}, duration{3}};
  const auto read = pod::decode_record(pod::encode_record(given));
  REQUIRE(read);
  CHECK(*read == given);
}

TEST_CASE("an older record tells less", "[pod]") {
  const auto read = pod::decode_record(
      R"({"version":1,"containers":{"c":{"phase":2,"id":"c1"}}})");
  REQUIRE(read);
  const auto& container = read->containers.at("c");
  CHECK(container.id == "c1");
  CHECK_FALSE(container.user);
  CHECK_FALSE(container.limits);
}

TEST_CASE("numbers that make no sense are held in bounds", "[pod]") {
  const auto read = pod::decode_record(
      R"({"version":1,"containers":{"c":{"phase":2,"id":"c1",
        "user":{"uid":-1,"gid":4294967296,"groups":[-1,"x"]},
        "limits":{"cpuShares":-1,"cpuPeriod":-5}}}})");
  REQUIRE(read);
  const auto& container = read->containers.at("c");
  CHECK(*container.user == pod::process_identity{0, UINT32_MAX, {0, 0}});
  CHECK(*container.limits == pod::cgroup_limits{0, 0, 0, 0});
}

TEST_CASE("work under way is asked for again", "[pod]") {
  pod::observed_pod given;
  given.sandbox.phase = pod::sandbox_phase::starting;
  given.volumes.phase = pod::volumes_phase::mounting;
  given.containers["new"].phase = pod::container_phase::creating;
  auto& again = given.containers["again"];
  again.phase = pod::container_phase::creating;
  again.exit = pod::container_exit{"c0", 1, 0, "Error", {}, {}, {}};
  const auto read = pod::decode_record(pod::encode_record(given));
  REQUIRE(read);
  CHECK(read->sandbox.phase == pod::sandbox_phase::dead);
  CHECK(read->volumes.phase == pod::volumes_phase::failed);
  CHECK(read->containers.at("new").phase == pod::container_phase::waiting);
  CHECK(read->containers.at("again").phase == pod::container_phase::exited);
}

TEST_CASE("signals that may not have been sent are sent again", "[pod]") {
  using pod::stop_stage;
  constexpr std::pair<stop_stage, stop_stage> table[] = {
      {stop_stage::begun, stop_stage::begun},
      {stop_stage::pre_stop, stop_stage::begun},
      {stop_stage::waiting, stop_stage::waiting},
      {stop_stage::asked, stop_stage::waiting},
      {stop_stage::killed, stop_stage::asked},
  };
  for (const auto& [given, want] : table) {
    pod::observed_pod before;
    auto& container = before.containers["c"];
    container.phase = pod::container_phase::running;
    container.id = "c1";
    container.stop = pod::container_stop{given, {}, {}, duration{3}};
    const auto read = pod::decode_record(pod::encode_record(before));
    REQUIRE(read);
    CHECK(read->containers.at("c").stop->stage == want);
  }
}
