#include "bootstrap/process/lock_file.hpp"
#include "bootstrap/process/socket.hpp"
#include "tests/e2e/cli/cluster_under_test.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

// What a person meets who is interrupted, mistaken or in a hurry.

using namespace troupe::testing;

namespace {

namespace fs = std::filesystem;

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string slurp(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream{path}.rdbuf();
  return out.str();
}

bool has_mounts(const cluster_under_test& it) {
  return holds(slurp("/proc/self/mounts"), it.directory());
}

/// As many as this user can have.
std::string some_nodes() {
  return geteuid() == 0 ? "1" : "0";
}

} // namespace

TEST_CASE("a first up that fails leaves nothing") {
  const cluster_under_test it;
  const auto broken = it.home() + "/broken";
  std::ofstream{broken} << "clusters: [\n";
  // The second one fails when all else is done.
  for (const auto& file : {broken, std::string{"/proc/troupe"}}) {
    const auto failed = it.run(
        {"up", "--port", "0", "--nodes", some_nodes(), "--kubeconfig", file});
    INFO(failed.err);
    CHECK(failed.exit_code == 1);
    CHECK(holds(failed.err, file));
    CHECK_FALSE(fs::exists(it.directory()));
    CHECK_FALSE(has_mounts(it));
  }
  CHECK(slurp(broken) == "clusters: [\n");
}

TEST_CASE("an up that fails leaves a stopped cluster as it was") {
  const cluster_under_test it;
  REQUIRE(it.run({"up", "--port", "0"}).exit_code == 0);
  REQUIRE(it.run({"down", "--keep-state"}).exit_code == 0);
  const auto before = slurp(it.path("default/cluster.json"));
  CHECK(it.run({"up", "--nodes", some_nodes(), "--registry-mirror",
                "docker.io=http://10.89.0.200:5000", "--kubeconfig",
                "/proc/troupe"})
            .exit_code
        == 1);
  CHECK(slurp(it.path("default/cluster.json")) == before);
  CHECK(it.run({"down"}).exit_code == 0);
  CHECK_FALSE(has_mounts(it));
}

TEST_CASE("what an up that was killed had begun can be taken down") {
  const cluster_under_test it;
  // From the first sign of life to where it builds the network.
  for (const auto* seen : {"default/lock", "default/cluster.json",
                           "default/run/netns/lan", "default/run/netns/s1"}) {
    if (geteuid() != 0 && holds(seen, "netns"))
      continue;
    INFO(seen);
    const auto pid =
        it.start({"up", "--port", "0", "--nodes", some_nodes()}, "/dev/null");
    REQUIRE(pid > 0);
    CHECK(eventually([&] { return fs::exists(it.path(seen)); }));
    kill(pid, SIGKILL);
    CHECK(end_of(pid));
    const auto down = it.run({"down", "--all"});
    INFO(down.err);
    CHECK(down.exit_code == 0);
    CHECK_FALSE(fs::exists(it.path("default")));
    CHECK_FALSE(has_mounts(it));
    CHECK(it.processes().empty());
  }
}

TEST_CASE("nodes that are no more are cleared away after a crash") {
  if (geteuid() != 0) {
    WARN("needs root");
    return;
  }
  const cluster_under_test it;
  REQUIRE(it.run({"up", "--port", "0", "--nodes", "1"}).exit_code == 0);
  REQUIRE(kill(it.supervisor_pid(), SIGKILL) == 0);
  REQUIRE(it.run({"up", "--nodes", "0"}).exit_code == 0);
  CHECK_FALSE(has_mounts(it));
  CHECK_FALSE(fs::exists(it.path("default/run/netns")));
}

TEST_CASE("a cluster that moves to another port takes its users along") {
  const cluster_under_test it;
  const auto file = it.home() + "/config";
  REQUIRE(it.run({"up", "--port", "0", "--kubeconfig", file}).exit_code == 0);
  const auto first = it.status().at("endpoint").get<std::string>();
  CHECK(holds(slurp(file), first));
  // Taken while the first port is: it is another one.
  auto free = troupe::process::listen_on_loopback(0);
  REQUIRE(free);
  REQUIRE(it.run({"down", "--keep-state"}).exit_code == 0);
  free->fd.reset();
  REQUIRE(it.run({"up", "--port", std::to_string(free->port)}).exit_code == 0);
  const auto second = it.status().at("endpoint").get<std::string>();
  REQUIRE(first != second);
  CHECK(holds(slurp(file), second));
}

TEST_CASE("the state of another cluster is refused, and left as it is") {
  const cluster_under_test it;
  for (const auto* name : {"one", "two"}) {
    REQUIRE(it.run({"up", "--name", name, "--port", "0"}).exit_code == 0);
    REQUIRE(it.run({"down", "--name", name, "--keep-state"}).exit_code == 0);
  }
  fs::remove_all(it.path("one/state"));
  fs::copy(it.path("two/state"), it.path("one/state"),
           fs::copy_options::recursive);
  const auto refused = it.run({"up", "--name", "one", "--timeout", "3s"});
  INFO(refused.err);
  CHECK(refused.exit_code == 1);
  CHECK(holds(refused.err, "belongs to member 's1' of cluster"));
  REQUIRE(it.run({"down", "--name", "one", "--keep-state"}).exit_code == 0);
  fs::rename(it.path("one/state"), it.path("back"));
  fs::remove_all(it.path("two/state"));
  fs::rename(it.path("back"), it.path("two/state"));
  CHECK(it.run({"up", "--name", "two"}).exit_code == 0);
}

TEST_CASE("a place that holds no cluster's directory is named") {
  const cluster_under_test it;
  std::ofstream{it.home() + "/file"} << "text";
  for (const auto& place : {it.home() + "/file", std::string{"/proc/x"}}) {
    const auto refused = it.run({"up", "--dir", place, "--port", "0"});
    INFO(refused.err);
    CHECK(refused.exit_code == 1);
    CHECK(holds(refused.err, place));
  }
  CHECK(slurp(it.home() + "/file") == "text");
}

TEST_CASE("a record that is damaged is named, with what to do") {
  const cluster_under_test it;
  REQUIRE(it.run({"up", "--port", "0"}).exit_code == 0);
  REQUIRE(it.run({"down", "--keep-state"}).exit_code == 0);
  const auto good = slurp(it.path("default/cluster.json"));
  std::ofstream{it.path("default/cluster.json")} << "{";
  for (const auto* verb : {"up", "status", "down"}) {
    const auto refused = it.run({verb});
    INFO(refused.err);
    CHECK(refused.exit_code == 1);
    CHECK(holds(refused.err, it.path("default/cluster.json")));
    CHECK(holds(refused.err, "put the file back"));
  }
  CHECK(fs::exists(it.path("default/state/s1")));
  std::ofstream{it.path("default/cluster.json")} << good;
  CHECK(it.run({"up"}).exit_code == 0);
}

TEST_CASE("a disk without room is told before anything starts") {
  if (geteuid() != 0) {
    WARN("needs root");
    return;
  }
  const cluster_under_test it;
  fs::create_directories(it.directory());
  const auto err = it.home() + "/err";
  const auto script = "unshare -m sh -c 'mount -t tmpfs -o size=1m troupe "
                      + it.directory() + " && " TROUPE_PROGRAM " up --dir "
                      + it.directory() + " --port 0 --nodes 0' 2>" + err;
  CHECK(WEXITSTATUS(std::system(script.c_str())) == 1);
  CHECK(holds(slurp(err), "1 MiB are free"));
  CHECK(it.processes().empty());
}

TEST_CASE("an archive that is none is named") {
  if (geteuid() != 0) {
    WARN("needs root");
    return;
  }
  const cluster_under_test it;
  REQUIRE(it.run({"up", "--port", "0", "--nodes", "1"}).exit_code == 0);
  std::ofstream{it.home() + "/empty"};
  std::ofstream{it.home() + "/text"} << "hello";
  struct {
    std::string file;
    std::string said;
  } const rows[] = {{it.home() + "/absent", ""},
                    {it.home() + "/empty", ": is empty"},
                    {it.home() + "/text", ""},
                    {it.home(), ": is a directory"}};
  for (const auto& row : rows) {
    const auto refused = it.run({"image", "import", row.file});
    INFO(refused.err);
    CHECK(refused.exit_code == 1);
    CHECK(refused.err.starts_with("troupe: " + row.file + row.said));
  }
  CHECK(it.run({"image", "list"}).out.empty());
}

TEST_CASE("a cluster that runs is not told to be another") {
  const cluster_under_test it;
  REQUIRE(it.run({"up", "--port", "0"}).exit_code == 0);
  const auto before = slurp(it.path("default/cluster.json"));
  const std::vector<std::string> rows[] = {
      {"--port", "1"},
      {"--nodes", "7"},
      {"--registry-mirror", "docker.io=http://10.89.0.200:5000"},
      {"--image-gc-high-threshold", "99"},
      {"--image-gc-low-threshold", "9"},
  };
  for (const auto& row : rows) {
    const auto refused = it.run({"up", row[0], row[1]});
    INFO(refused.err);
    CHECK(refused.exit_code == 1);
    CHECK(holds(refused.err, row[0]));
    CHECK(holds(refused.err, "--keep-state"));
  }
  CHECK(slurp(it.path("default/cluster.json")) == before);
  CHECK(it.run({"up", "--image-gc-high-threshold", "85"}).exit_code == 0);
}

TEST_CASE("up waits for nothing once the supervisor has ended") {
  const cluster_under_test it;
  REQUIRE(it.run({"up", "--port", "0"}).exit_code == 0);
  const auto log = it.home() + "/second";
  REQUIRE(kill(it.server_pid(), SIGSTOP) == 0);
  const auto second = it.start({"up", "--timeout", "10m"}, log);
  REQUIRE(eventually([&] { return holds(slurp(log), "waiting"); }));
  REQUIRE(it.run({"down", "--timeout", "1s"}).exit_code == 0);
  CHECK(end_of(second) == 1);
  CHECK(holds(slurp(log), "supervisor has ended"));
  CHECK_FALSE(holds(slurp(log), "goes on trying"));
}

TEST_CASE("in the foreground Ctrl-C stops the cluster") {
  const cluster_under_test it;
  const auto log = it.home() + "/foreground";
  const auto pid = it.start({"up", "--port", "0", "--foreground"}, log);
  REQUIRE(eventually([&] { return holds(slurp(log), "Ctrl-C"); }));
  REQUIRE(kill(pid, SIGINT) == 0);
  CHECK(end_of(pid) == 0);
  CHECK(it.processes().empty());
}

TEST_CASE("in the foreground Ctrl-C ends the wait as well") {
  const cluster_under_test it;
  fs::create_directories(it.path("default"));
  const auto lock = troupe::process::take_lock(it.path("default/lock"));
  REQUIRE(lock);
  const auto pid = it.start({"up", "--foreground", "--timeout", "10m"},
                            it.home() + "/foreground");
  // Its standard output is open when it runs; held signals show in its status.
  REQUIRE(eventually([&] {
    return holds(slurp("/proc/" + std::to_string(pid) + "/status"),
                 "SigBlk:\t0000000000004003");
  }));
  REQUIRE(kill(pid, SIGINT) == 0);
  CHECK(end_of(pid) == 1);
  CHECK(holds(slurp(it.home() + "/foreground"), "interrupted"));
}

TEST_CASE("in the foreground a supervisor that is lost is a failure") {
  const cluster_under_test it;
  const auto log = it.home() + "/foreground";
  const auto pid = it.start({"up", "--port", "0", "--foreground"}, log);
  REQUIRE(eventually([&] { return holds(slurp(log), "Ctrl-C"); }));
  REQUIRE(kill(it.supervisor_pid(), SIGKILL) == 0);
  CHECK(end_of(pid) == 1);
  CHECK(holds(slurp(log), "supervisor"));
}
