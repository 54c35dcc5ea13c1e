#include "bootstrap/config/duration_text.hpp"
#include "bootstrap/config/options.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

TEST_CASE("cluster names are labels") {
  struct {
    std::string name;
    bool good;
  } const rows[] = {
      {"default", true},
      {"a", true},
      {"test-2", true},
      {std::string(40, 'x'), true},
      {std::string(41, 'x'), false},
      {"", false},
      {"-a", false},
      {"a-", false},
      {"Test", false},
      {"a/b", false},
      {"..", false},
      {"a b", false},
  };
  for (const auto& row : rows) {
    INFO("name: '" << row.name << "'");
    const auto checked = cluster_choice{row.name, ""}.validate();
    CHECK(checked.has_value() == row.good);
    if (!checked)
      CHECK(checked.error().message.find("--name") == 0);
  }
}

TEST_CASE("timeouts have bounds") {
  up_options up;
  down_options down;
  CHECK(up.validate());
  for (const auto bad : {duration{0}, duration{999ms}, duration{61min}}) {
    up.timeout = down.timeout = bad;
    CHECK_FALSE(up.validate());
    CHECK_FALSE(down.validate());
  }
  up.timeout = down.timeout = 1h;
  CHECK(up.validate());
  CHECK(down.validate());
}

TEST_CASE("what is said about images must make sense") {
  up_options good;
  good.registry_mirrors = {"docker.io=http://a:5000"};
  good.registry_authorities = {"a:5000=ca.pem"};
  good.image_gc_high = 100;
  good.publish = {"8080:30080", "0:30081"};
  good.image_gc_low = 0;
  CHECK(good.validate());
  struct {
    const char* flag;
    void (*spoil)(up_options&);
  } const rows[] = {
      {"--registry-mirror", [](auto& up) { up.registry_mirrors = {"a:5000"}; }},
      {"--registry-mirror", [](auto& up) { up.registry_mirrors = {"a=b:5"}; }},
      {"--registry-ca", [](auto& up) { up.registry_authorities = {"ca.pem"}; }},
      {"--registry-ca", [](auto& up) { up.registry_authorities = {"=x"}; }},
      {"--registry-ca", [](auto& up) { up.registry_authorities = {"x="}; }},
      {"--publish", [](auto& up) { up.publish = {"8080"}; }},
      {"--publish", [](auto& up) { up.publish = {"8080:0"}; }},
      {"--publish", [](auto& up) { up.publish = {"8080:65536"}; }},
      {"--publish",
       [](auto& up) {
         up.publish = {"none", "8080:30080"};
       }},
      {"--image-gc-high-threshold", [](auto& up) { up.image_gc_high = 101; }},
      {"--image-gc-high-threshold", [](auto& up) { up.image_gc_low = 101; }},
  };
  for (const auto& row : rows) {
    auto up = good;
    row.spoil(up);
    const auto checked = up.validate();
    INFO(row.flag);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().message.starts_with(row.flag));
  }
}

TEST_CASE("times of nodes are whole seconds within bounds") {
  up_options good;
  good.node_times = {1s, 1h, 0, 1'000'000'000};
  CHECK(good.validate());
  struct {
    const char* flag;
    void (*spoil)(node_time_options&);
  } const rows[] = {
      {"--node-monitor-grace-period", [](auto& it) { it.monitor_grace = 0s; }},
      {"--node-monitor-grace-period",
       [](auto& it) { it.monitor_grace = 1500ms; }},
      {"--node-monitor-grace-period",
       [](auto& it) { it.monitor_grace = 3601s; }},
      {"--node-lease-duration", [](auto& it) { it.lease = 500ms; }},
      {"--default-not-ready-toleration-seconds",
       [](auto& it) { it.unreachable_toleration = 1'000'000'001; }},
  };
  for (const auto& row : rows) {
    auto up = good;
    row.spoil(up.node_times);
    const auto checked = up.validate();
    INFO(row.flag);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().message.starts_with(row.flag));
  }
}

TEST_CASE("what up starts needs its descriptors and an absolute directory") {
  server_options server{"/var/lib/troupe/default", "s1", 3};
  CHECK(server.validate());
  server.cluster_directory = "here";
  CHECK_FALSE(server.validate());
  server = {"/d", "s1", -1};
  REQUIRE_FALSE(server.validate());
  CHECK(server.validate().error().message.find("--listen-fd") == 0);
  CHECK(publisher_options{"/d", 4}.validate());
  CHECK_FALSE(publisher_options{"/d", -1}.validate());
  CHECK(supervisor_options{"/d", 3, 4}.validate());
  CHECK_FALSE(supervisor_options{"/d", 3, -1}.validate());
  CHECK_FALSE(supervisor_options{"/d", -1, 4}.validate());
}

TEST_CASE("durations are a number and a unit") {
  CHECK(*parse_duration("90s") == 90s);
  CHECK(*parse_duration("500ms") == 500ms);
  CHECK(*parse_duration("2m") == 2min);
  CHECK(*parse_duration("1h") == 1h);
  for (const auto* bad :
       {"", "s", "10", "-1s", "1.5s", "1 s", "1d", "9999999999s", "1sx"}) {
    INFO(bad);
    CHECK_FALSE(parse_duration(bad));
  }
}

TEST_CASE("durations are told by their two largest units") {
  CHECK(describe_duration(0s) == "0s");
  CHECK(describe_duration(59s) == "59s");
  CHECK(describe_duration(60s) == "1m");
  CHECK(describe_duration(423s) == "7m3s");
  CHECK(describe_duration(2h + 5min + 9s) == "2h5m");
  CHECK(describe_duration(76h) == "3d4h");
}
