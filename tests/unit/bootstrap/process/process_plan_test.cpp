#include "bootstrap/process/process_plan.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <set>

using namespace troupe;
using namespace troupe::process;

namespace {

std::vector<kept_process> plan(unsigned nodes, unsigned servers = 1) {
  cluster::cluster_record about;
  about.servers = servers;
  about.nodes = nodes;
  return plan_processes(about, cluster::layout{"/c/one"}, {10, 11});
}

std::string names(const std::vector<kept_process>& of) {
  std::string out;
  for (const auto& each : of)
    out += (out.empty() ? "" : " ") + each.kind + ":" + each.name;
  return out;
}

std::string command(const child_spec& of) {
  std::string out;
  for (const auto& each : of.arguments)
    out += (out.empty() ? "" : " ") + each;
  return out;
}

using descriptors = std::vector<std::pair<int, int>>;

} // namespace

TEST_CASE("a cluster without nodes is its server alone") {
  const auto all = plan(0);
  REQUIRE(names(all) == "server:s1");
  const auto& server = all[0].child;
  CHECK(server.network_namespace.empty());
  CHECK(server.program == this_program);
  CHECK(command(server)
        == "troupe server --cluster-dir /c/one --member s1 --listen-fd 3 "
           "--lifeline-fd 4 --log-file /c/one/log/s1.log");
  CHECK(server.descriptors == descriptors{{10, 3}, {11, 4}});
}

TEST_CASE("published ports have a process where the nodes are reached") {
  cluster::cluster_record about;
  about.nodes = 1;
  about.published = {{8080, 30080}, {8081, 30081}};
  const auto all =
      plan_processes(about, cluster::layout{"/c/one"}, {10, 11, {12, 13}});
  REQUIRE(names(all) == "bus:bus server:s1 publisher:publisher agent:n1");
  const auto& publisher = all[2].child;
  CHECK(publisher.network_namespace == "/c/one/run/netns/s1");
  CHECK(publisher.descriptors == descriptors{{11, 3}, {12, 4}, {13, 5}});
  CHECK(command(publisher)
        == "troupe publisher --cluster-dir /c/one --lifeline-fd 3 --first-fd 4 "
           "--log-file /c/one/log/publisher.log");
}

TEST_CASE("with nodes the bus starts first, then the server, then agents") {
  const auto all = plan(2);
  REQUIRE(names(all) == "bus:bus server:s1 agent:n1 agent:n2");
  CHECK(command(all[0].child) == "nats-server -c /c/one/bus/s1.conf");
  CHECK(all[0].child.descriptors.empty());
  // The bus is reached where its server is.
  CHECK(all[0].child.network_namespace == "/c/one/run/netns/s1");
  CHECK(all[1].child.network_namespace == "/c/one/run/netns/s1");
  CHECK(all[2].child.network_namespace == "/c/one/run/netns/n1");
  CHECK(all[3].child.network_namespace == "/c/one/run/netns/n2");
  CHECK(command(all[3].child)
        == "troupe agent --cluster-dir /c/one --node n2 --lifeline-fd 3 "
           "--log-file /c/one/log/n2.log");
  CHECK(all[3].child.descriptors == descriptors{{11, 3}});
}

TEST_CASE("several servers each have a part of the bus beside them") {
  const auto all = plan(1, 3);
  REQUIRE(names(all)
          == "bus:bus-s1 bus:bus-s2 bus:bus-s3 server:s1 server:s2 server:s3 "
             "agent:n1");
  CHECK(command(all[1].child) == "nats-server -c /c/one/bus/s2.conf");
  CHECK(all[1].child.network_namespace == "/c/one/run/netns/s2");
  CHECK(all[4].child.network_namespace == "/c/one/run/netns/s2");
  CHECK(command(all[4].child)
        == "troupe server --cluster-dir /c/one --member s2 --listen-fd 3 "
           "--lifeline-fd 4 --log-file /c/one/log/s2.log");
  // The API has one socket, and each server takes connections from it.
  for (std::size_t i = 3; i < 6; ++i)
    CHECK(all[i].child.descriptors == descriptors{{10, 3}, {11, 4}});
}

TEST_CASE("several servers without nodes have a lab") {
  const auto all = plan(0, 3);
  REQUIRE(names(all)
          == "bus:bus-s1 bus:bus-s2 bus:bus-s3 server:s1 server:s2 server:s3");
  CHECK(all[5].child.network_namespace == "/c/one/run/netns/s3");
}

TEST_CASE("each process has its log and dies with the supervisor") {
  const auto servers = GENERATE(1u, 3u);
  std::set<std::string> logs;
  for (const auto& each : plan(2, servers)) {
    INFO(each.name);
    // No two write to the same.
    CHECK(logs.insert(each.log.file).second);
    CHECK(each.child.log_file == "/c/one/log/" + each.name + ".log");
    CHECK(each.child.parent_death_signal == SIGKILL);
    CHECK_FALSE(each.child.detached);
    // The bus has one of its own as well.
    const bool bus = each.kind == "bus";
    CHECK(each.log.file.starts_with(bus ? "/c/one/log/nats-server-s"
                                        : each.child.log_file));
    CHECK(each.log.reopen_signal == (bus ? SIGUSR1 : SIGHUP));
  }
}

TEST_CASE("programs are found as a shell finds them") {
  CHECK(find_program("sh").ends_with("/sh"));
  CHECK(find_program("sh").starts_with("/"));
  CHECK(find_program("no-such-program-anywhere").empty());
  const char* before = std::getenv("PATH");
  const std::string path = before ? before : "";
  for (const char* each : {"", ":", "/nowhere", "/nowhere::"}) {
    setenv("PATH", each, 1);
    CHECK(find_program("env") == "/usr/bin/env");
  }
  unsetenv("PATH");
  CHECK(find_program("env") == "/usr/bin/env");
  setenv("PATH", path.c_str(), 1);
}
