#include "node/agent/translate.hpp"
#include "tests/unit/node/agent/objects.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace troupe;
using namespace troupe::agent;

TEST_CASE("signals are known by name and number", "[agent]") {
  struct {
    const char* name;
    int number;
  } const rows[] = {
      {"SIGTERM", SIGTERM},
      {"TERM", SIGTERM},
      {"SIGKILL", SIGKILL},
      {"SIGQUIT", SIGQUIT},
      {"SIGWINCH", SIGWINCH},
      {"15", SIGTERM},
      {"64", 64},
      {"SIGRTMIN", SIGRTMIN},
      {"SIGRTMIN+3", SIGRTMIN + 3},
      {"RTMAX-1", SIGRTMAX - 1},
      {"SIGRTMAX", SIGRTMAX},
      {"SIGRTMIN-1", 0},
      {"SIGRTMAX+1", 0},
      {"SIGRTMIN+99", 0},
      {"SIGRTMIN+", 0},
      {"SIGRTMIN+-1", 0},
      {"", 0},
      {"0", 0},
      {"-1", 0},
      {"65", 0},
      {"9x", 0},
      {"SIGNONE", 0},
      {"sigterm", 0},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    CHECK(signal_number(row.name) == row.number);
  }
}

TEST_CASE("what is not limited is unlimited", "[agent]") {
  const auto none = to_limits({});
  CHECK(none.cpu_shares == 2u);
  CHECK(none.cpu_quota_us == cgroup::unlimited);
  CHECK(none.memory_max_bytes == cgroup::unlimited);
  const auto some = to_limits({512, 50'000, 100'000, 1 << 20});
  CHECK(some.cpu_shares == 512u);
  CHECK(some.cpu_quota_us == 50'000);
  CHECK(some.cpu_period_us == 100'000u);
  CHECK(some.memory_max_bytes == 1 << 20);
}

TEST_CASE("who a container is and what it must not see", "[agent]") {
  pod::container_launch launch;
  launch.user.supplemental_groups = {7, 3, 7};
  launch.capabilities = {"CHOWN"};
  image::process_user user;
  user.uid = 5;
  user.gid = 6;
  user.groups = {3, 1};
  launch.user.merge_image_groups = true;
  auto spec = to_security(launch, user);
  CHECK(spec.uid == 5);
  CHECK(spec.gid == 6);
  CHECK(spec.groups == std::vector<gid_t>{1, 3, 6, 7});
  CHECK(spec.capabilities.drop == std::vector<std::string>{"ALL"});
  CHECK(spec.capabilities.add == std::vector<std::string>{"CHOWN"});
  launch.masked_paths = {"/proc/kcore", "/proc/asound"};
  launch.read_only_paths = {"/proc/bus"};
  spec = to_security(launch, user);
  CHECK(spec.masked_paths == launch.masked_paths);
  CHECK(spec.read_only_paths == launch.read_only_paths);
  launch.user.merge_image_groups = false;
  CHECK(to_security(launch, user).groups == std::vector<gid_t>{3, 6, 7});
}

TEST_CASE("ids of containers are long and new", "[agent]") {
  const auto one = make_id();
  CHECK(one.size() == 64);
  CHECK(one.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(one != make_id());
}

TEST_CASE("ports of the node are translated, or refused", "[agent]") {
  using network::port_protocol;
  pod::sandbox_launch launch;
  launch.ports = {{8080, 80, "TCP", ""},
                  {53, 5353, "UDP", "127.0.0.1"},
                  {65535, 1, "SCTP", "::"}};
  const auto ports = to_host_ports(launch);
  REQUIRE(ports);
  const auto ip = [](const char* text) { return *ip_address::parse(text); };
  CHECK(*ports
        == std::vector<network::host_port>{
            {port_protocol::tcp, std::nullopt, 8080, 80},
            {port_protocol::udp, ip("127.0.0.1"), 53, 5353},
            {port_protocol::sctp, ip("::"), 65535, 1}});
  for (const auto& bad :
       std::vector<pod::sandbox_launch::port>{{0, 80, "TCP", ""},
                                              {80, 0, "TCP", ""},
                                              {65536, 80, "TCP", ""},
                                              {80, -1, "TCP", ""},
                                              {80, 80, "TCP", "node"}}) {
    launch.ports = {bad};
    CHECK(to_host_ports(launch).error().code == errc::invalid_argument);
  }
}
