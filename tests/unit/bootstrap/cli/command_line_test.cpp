#include "bootstrap/cli/command_line.hpp"
#include "bootstrap/cli/observe.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace troupe;
using namespace troupe::cli;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;

usage_answer refused(const words& arguments) {
  auto out = parse_command_line(arguments);
  REQUIRE(std::holds_alternative<usage_answer>(out));
  return std::get<usage_answer>(out);
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a wrong command line is named and exits with 2") {
  struct {
    words arguments;
    std::string named;
  } const rows[] = {
      {{"--bogus"}, "--bogus"},
      {{"frobnicate"}, "frobnicate"},
      {{"up", "--bogus"}, "--bogus"},
      {{"up", "extra"}, "extra"},
      {{"up", "--port", "70000"},
       "--port: expected a port, 0 to 65535, not '70000'"},
      {{"up", "--port", "many"},
       "--port: expected a port, 0 to 65535, not 'many'"},
      {{"up", "--timeout", "10"}, "--timeout"},
      {{"up", "--timeout", "0s"}, "--timeout"},
      {{"up", "--name", "Not/OK"}, "--name"},
      {{"up", "--name"}, "--name"},
      {{"up", "--output", "yaml"}, "--output"},
      {{"up", "--servers", "2"},
       "--servers: expected a number of servers, 1, 3 or 5, not '2'"},
      {{"up", "--servers", "0"}, "1, 3 or 5, not '0'"},
      {{"up", "--servers", "7"}, "1, 3 or 5, not '7'"},
      {{"up", "--servers", "03"}, "1, 3 or 5, not '03'"},
      {{"up", "--servers", "three"}, "1, 3 or 5, not 'three'"},
      {{"up", "--servers", ""}, "--servers"},
      {{"up", "--nodes", "x"},
       "--nodes: expected a number of nodes, 0 to 250, not 'x'"},
      {{"up", "--publish", "8080"}, "8080:30080"},
      {{"up", "--publish", "8080:80"}, "from 30000 to 32767"},
      {{"up", "--publish", "8080:32768"}, "from 30000 to 32767"},
      {{"up", "--publish", "1:30000", "--publish", "1:30001"}, "twice"},
      {{"up", "--registry-mirror", "docker.io"}, "HOST=URL"},
      {{"up", "--nodes", "251"}, "--nodes: expected a number of nodes"},
      {{"up", "--image-gc-high-threshold", "101"},
       "--image-gc-high-threshold: expected a percentage, 0 to 100"},
      {{"up", "--image-gc-low-threshold", "-1"},
       "--image-gc-low-threshold: expected a percentage, 0 to 100"},
      {{"up", "--node-monitor-grace-period", "50"},
       "--node-monitor-grace-period: '50' is no duration"},
      {{"up", "--node-lease-duration", "0s"},
       "--node-lease-duration must be whole seconds, from 1s to 1h"},
      {{"up", "--default-unreachable-toleration-seconds", "-1"},
       "--default-unreachable-toleration-seconds: expected a number of "
       "seconds"},
      {{"up", "--dir", "/\xff"}, "not UTF-8"},
      {{"down", "--keep"}, "--keep"},
      {{"down", "--all", "--name", "one"}, "--name"},
      {{"status", "--bogus"}, "--bogus"},
      {{"actors", "--output", "yaml"}, "--output"},
      {{"kill"}, "expected an actor's address"},
      {{"kill", "gateway"}, "not 'gateway'"},
      {{"kill", "/server/s1", "--process", "s1"}, "not both"},
      {{"version", "--bogus"}, "--bogus"},
      {{"server"}, "--cluster-dir"},
      {{"server", "--cluster-dir", "/d"}, "--listen-fd"},
      {{"supervisor", "--cluster-dir", "/d", "--listen-fd", "3"}, "--lock-fd"},
  };
  for (const auto& row : rows) {
    const auto got = refused(row.arguments);
    INFO(row.named << ": " << got.err);
    CHECK(got.exit_code == 2);
    CHECK(got.out.empty());
    CHECK(holds(got.err, row.named));
    CHECK(holds(got.err, "--help"));
  }
}

TEST_CASE("every verb has help with what it is for") {
  for (const std::string verb : {"up", "down", "status", "actors", "kill",
                                 "server", "supervisor", "version"}) {
    const auto got = refused({verb, "--help"});
    INFO(verb);
    CHECK(got.exit_code == 0);
    CHECK(got.err.empty());
    CHECK(holds(got.out, "troupe " + verb));
  }
  for (const std::string verb : {"up", "down", "status", "version"})
    CHECK(holds(refused({verb, "--help"}).out, "Examples:"));
  const auto top = refused({"--help"});
  CHECK(top.exit_code == 0);
  CHECK(holds(top.out, "Exit codes:"));
  CHECK(refused({}).exit_code == 2);
}

TEST_CASE("commands that are shown can be run") {
  CHECK(choice_flags({}).empty());
  CHECK(choice_flags({"t1", "/srv/c-1"}) == " --name t1 --dir /srv/c-1");
  CHECK(shell_word("/a b/it's") == "'/a b/it'\\''s'");
  CHECK(shell_word("/$(id)") == "'/$(id)'");
  CHECK(shell_word("") == "''");
}

TEST_CASE("up is read as given") {
  const auto plain = std::get<up_options>(parse_command_line({"up"}));
  CHECK(plain.cluster.name == "default");
  CHECK_FALSE(plain.port);
  CHECK_FALSE(plain.servers);
  CHECK(plain.timeout == 60s);
  const auto full = std::get<up_options>(parse_command_line(
      {"up", "--name", "t1", "--dir", "/d", "--port=0", "--kubeconfig", "k",
       "--merge-kubeconfig", "--foreground", "--timeout", "2m", "-o", "json",
       "--servers", "3"}));
  CHECK(full.servers == 3);
  CHECK(full.cluster.name == "t1");
  CHECK(full.cluster.directory == "/d");
  CHECK(full.port == 0);
  CHECK(full.kubeconfig == "k");
  CHECK(full.merge_kubeconfig);
  CHECK(full.foreground);
  CHECK(full.timeout == 2min);
  CHECK(full.output == output_format::json);
}

TEST_CASE("whether there is an uplink is read as given, or not at all") {
  unsetenv("TROUPE_UPLINK");
  const auto uplink = [](const std::vector<std::string>& arguments) {
    return std::get<up_options>(parse_command_line(arguments)).uplink;
  };
  CHECK_FALSE(uplink({"up"}));
  CHECK(uplink({"up", "--uplink", "auto"}) == true);
  CHECK(uplink({"up", "--uplink=none"}) == false);
  CHECK(holds(refused({"up", "--uplink", "eth0"}).err, "--uplink"));
  setenv("TROUPE_UPLINK", "none", 1);
  CHECK(uplink({"up"}) == false);
  CHECK(uplink({"up", "--uplink", "auto"}) == true);
  setenv("TROUPE_UPLINK", "maybe", 1);
  CHECK(holds(refused({"up"}).err, "--uplink"));
  unsetenv("TROUPE_UPLINK");
}

TEST_CASE("times of nodes are read as given, or not at all") {
  const auto plain = std::get<up_options>(parse_command_line({"up"}));
  CHECK_FALSE(plain.node_times.monitor_grace);
  CHECK_FALSE(plain.node_times.lease);
  CHECK_FALSE(plain.node_times.not_ready_toleration);
  CHECK_FALSE(plain.node_times.unreachable_toleration);
  const auto full = std::get<up_options>(parse_command_line(
      {"up", "--node-monitor-grace-period", "6s", "--node-lease-duration", "4s",
       "--default-not-ready-toleration-seconds", "0",
       "--default-unreachable-toleration-seconds", "5"}));
  CHECK(full.node_times.monitor_grace == 6s);
  CHECK(full.node_times.lease == 4s);
  CHECK(full.node_times.not_ready_toleration == 0u);
  CHECK(full.node_times.unreachable_toleration == 5u);
}

TEST_CASE("the other verbs are read as given") {
  const auto down = std::get<down_options>(
      parse_command_line({"down", "--all", "--keep-state"}));
  CHECK(down.all);
  CHECK(down.keep_state);
  const auto status =
      std::get<status_options>(parse_command_line({"status", "-o", "json"}));
  CHECK(status.output == output_format::json);
  const auto server = std::get<server_options>(parse_command_line(
      {"server", "--cluster-dir", "/d", "--listen-fd", "3", "--lifeline-fd",
       "4", "--member", "s2", "--log-file", "/l"}));
  CHECK(server.cluster_directory == "/d");
  CHECK(server.member == "s2");
  CHECK(server.listen_fd == 3);
  CHECK(server.lifeline_fd == 4);
  CHECK(server.log_file == "/l");
}
