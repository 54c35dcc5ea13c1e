#include "bootstrap/process/socket.hpp"
#include "tests/e2e/cli/cluster_under_test.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>

using namespace troupe::testing;

namespace {

namespace fs = std::filesystem;

constexpr const char* maps = "/api/v1/namespaces/default/configmaps";

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

nlohmann::json up(const cluster_under_test& it) {
  const auto done = it.run({"up", "--port", "0", "--output", "json"});
  INFO(done.err);
  REQUIRE(done.exit_code == 0);
  return nlohmann::json::parse(done.out);
}

/// Stores an object; the namespace may take a moment to be there.
void store_map(const cluster_under_test& it) {
  const std::string body =
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"kept"},)"
      R"("data":{"answer":"forty-two"}})";
  REQUIRE(eventually([&] {
    const auto answer = it.api("POST", maps, body);
    return holds(answer, "forty-two") || holds(answer, "AlreadyExists");
  }));
}

bool has_map(const cluster_under_test& it) {
  return holds(it.api("GET", std::string{maps} + "/kept"), "forty-two");
}

} // namespace

TEST_CASE("a cluster's life") {
  const cluster_under_test it;
  CHECK(it.run({"status"}).exit_code == 1);
  const auto first = up(it);
  CHECK(first.at("started") == true);
  CHECK(first.at("ready") == true);
  CHECK(fs::exists(first.at("kubeconfig").get<std::string>()));
  struct stat about {};
  REQUIRE(stat(it.path("default").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0700);

  const auto second = up(it);
  CHECK(second.at("started") == false);
  CHECK(second.at("endpoint") == first.at("endpoint"));
  CHECK(second.at("uid") == first.at("uid"));
  CHECK(holds(it.run({"up"}).out, "running already"));

  const auto shown = it.run({"status", "--output", "json"});
  CHECK(shown.exit_code == 0);
  const auto status = nlohmann::json::parse(shown.out);
  CHECK(status.at("ready") == true);
  CHECK(status.at("endpoint") == first.at("endpoint"));
  CHECK(status.at("supervisor").at("pid") > 0);
  REQUIRE(status.at("processes").size() == 1);
  CHECK(status.at("processes").at(0).at("name") == "s1");
  CHECK(status.at("processes").at(0).at("kind") == "server");
  CHECK(status.at("processes").at(0).at("pid") > 0);
  CHECK(status.at("processes").at(0).at("restarts") == 0);
  CHECK(it.processes().size() == 2);

  const auto down = it.run({"down"});
  CHECK(down.exit_code == 0);
  CHECK(it.processes().empty());
  CHECK_FALSE(fs::exists(it.path("default")));
  CHECK(it.run({"down"}).exit_code == 0);
}

TEST_CASE("a killed server comes back with its state") {
  const cluster_under_test it;
  up(it);
  store_map(it);
  const auto pid = it.server_pid();
  REQUIRE(pid > 0);
  REQUIRE(kill(pid, SIGKILL) == 0);
  CHECK(eventually([&] { return has_map(it); }));
  const auto status = it.status();
  const auto& server = status.at("processes").at(0);
  CHECK(server.at("restarts") == 1);
  CHECK(server.at("lastEnd") == "killed by signal 9");
  CHECK(server.at("pid") != pid);
}

TEST_CASE("a killed supervisor takes the server along, and up recovers") {
  const cluster_under_test it;
  const auto first = up(it);
  store_map(it);
  REQUIRE(kill(it.supervisor_pid(), SIGKILL) == 0);
  CHECK(eventually([&] { return it.processes().empty(); }));
  CHECK(it.run({"status"}).exit_code == 1);
  const auto second = up(it);
  CHECK(second.at("started") == true);
  CHECK(second.at("uid") == first.at("uid"));
  CHECK(second.at("endpoint") == first.at("endpoint"));
  CHECK(has_map(it));
}

TEST_CASE("down works without a supervisor") {
  const cluster_under_test it;
  up(it);
  REQUIRE(kill(it.supervisor_pid(), SIGKILL) == 0);
  CHECK(it.run({"down"}).exit_code == 0);
  CHECK(it.processes().empty());
  CHECK_FALSE(fs::exists(it.path("default")));
}

TEST_CASE("a server that hangs is killed") {
  const cluster_under_test it;
  up(it);
  REQUIRE(kill(it.server_pid(), SIGSTOP) == 0);
  CHECK(it.run({"down", "--timeout", "2s"}).exit_code == 0);
  CHECK(it.processes().empty());
}

TEST_CASE("state that is kept is there again") {
  const cluster_under_test it;
  const auto first = up(it);
  store_map(it);
  CHECK(it.run({"down", "--keep-state"}).exit_code == 0);
  CHECK(it.processes().empty());
  CHECK_FALSE(fs::exists(it.path("default/run")));
  CHECK_FALSE(fs::exists(it.path("default/log")));
  CHECK(fs::exists(it.path("default/state/s1")));
  const auto second = up(it);
  CHECK(second.at("uid") == first.at("uid"));
  CHECK(has_map(it));
}

TEST_CASE("a port that is taken is named and nothing is left") {
  const cluster_under_test it;
  const auto taken = troupe::process::listen_on_loopback(0);
  REQUIRE(taken);
  const auto port = std::to_string(taken->port);
  const auto refused = it.run({"up", "--port", port});
  CHECK(refused.exit_code == 1);
  CHECK(holds(refused.err, port));
  CHECK(holds(refused.err, "--port"));
  CHECK_FALSE(fs::exists(it.path("default")));
  CHECK(it.processes().empty());
}

TEST_CASE("clusters live side by side") {
  const cluster_under_test it;
  for (const auto* name : {"one", "two"})
    REQUIRE(it.run({"up", "--name", name, "--port", "0"}).exit_code == 0);
  CHECK(it.status("one").at("endpoint") != it.status("two").at("endpoint"));
  CHECK(it.run({"down", "--name", "one"}).exit_code == 0);
  CHECK(it.status("two").at("ready") == true);
  CHECK(it.run({"down", "--all"}).exit_code == 0);
  CHECK(it.processes().empty());
  CHECK_FALSE(fs::exists(it.path("two")));
}

TEST_CASE("a directory of somebody else's is left alone") {
  const cluster_under_test it;
  fs::create_directories(it.path("default/photos"));
  CHECK(it.run({"up", "--port", "0"}).exit_code == 1);
  CHECK(it.run({"down"}).exit_code == 0);
  CHECK(fs::exists(it.path("default/photos")));
}

TEST_CASE("access is shared with the user's files and taken back") {
  const cluster_under_test it;
  const auto file = it.home() + "/config";
  std::ofstream{file} << "clusters: [{name: mine, cluster: {}}]\n";
  const auto shared =
      it.run({"up", "--port", "0", "--kubeconfig", file, "--merge-kubeconfig"});
  REQUIRE(shared.exit_code == 0);
  const auto own = it.home() + "/.kube/config";
  CHECK(fs::exists(own));
  REQUIRE(it.run({"down"}).exit_code == 0);
  CHECK_FALSE(fs::exists(own));
  std::ifstream left{file};
  std::string text;
  std::getline(left, text, '\0');
  CHECK(holds(text, "mine"));
  CHECK_FALSE(holds(text, "troupe-default"));
}

TEST_CASE("the command line is checked before anything is done") {
  const cluster_under_test it;
  const auto wrong = it.run({"up", "--bogus"});
  CHECK(wrong.exit_code == 2);
  CHECK(holds(wrong.err, "--bogus"));
  CHECK_FALSE(fs::exists(it.directory()));
  const auto version = it.run({"version", "--output", "json"});
  CHECK(version.exit_code == 0);
  CHECK(nlohmann::json::parse(version.out).at("version").is_string());
}

TEST_CASE("actors are shown, and come back when they are killed") {
  const cluster_under_test it;
  const auto refused = it.run({"actors"});
  CHECK(refused.exit_code == 1);
  CHECK(holds(refused.err, "troupe up"));
  up(it);
  store_map(it);
  const auto rows = [&] {
    const auto shown = it.run({"actors", "--output", "json"});
    std::map<std::string, nlohmann::json> out;
    if (shown.exit_code != 0)
      return out;
    const auto tree = nlohmann::json::parse(shown.out);
    for (const auto& row : tree.at("actors"))
      out[row.at("address")] = row;
    return out;
  };
  const auto before = rows();
  // Those below come first: they end with the one above, and begin anew once it
  // holds its lease.
  for (const std::string address :
       {"/server/s1/watch", "/server/s1/gateway", "/server/s1/scheduler",
        "/server/s1/controller/namespace", "/server/s1/controller",
        "/server/s1/state/main"}) {
    INFO(address);
    REQUIRE(before.contains(address));
    CHECK(before.at(address).at("state") == "running");
    const auto killed = it.run({"kill", address});
    INFO(killed.err);
    CHECK(killed.exit_code == 0);
    CHECK(killed.out == "killed " + address + "\n");
    CHECK(eventually([&] {
      auto now = rows();
      return now.contains(address) && now[address].at("state") == "running"
             && now[address].at("restarts") >= 1;
    }));
    CHECK(eventually([&] { return has_map(it); }));
  }
  CHECK(holds(it.run({"actors"}).out, "ADDRESS"));

  const auto pid_of_server = [&] {
    const auto shown = it.run({"status", "--output", "json"});
    return nlohmann::json::parse(shown.out).at("processes").at(0).at("pid");
  };
  for (const std::vector<std::string>& how :
       {std::vector<std::string>{"kill", "/server/s1"},
        {"kill", "--process", "s1"}}) {
    const auto old = pid_of_server();
    CHECK(it.run(how).exit_code == 0);
    CHECK(eventually([&] {
      const auto now = pid_of_server();
      return !now.is_null() && now != old && has_map(it);
    }));
  }

  const auto nobody = it.run({"kill", "/server/s1/nobody"});
  CHECK(nobody.exit_code == 1);
  CHECK(holds(nobody.err, "there is no actor \"/server/s1/nobody\""));
  const auto nothing = it.run({"kill", "--process", "n1"});
  CHECK(nothing.exit_code == 1);
  CHECK(holds(nothing.err, "it has supervisor, s1"));
  CHECK(it.run({"down"}).exit_code == 0);
}
