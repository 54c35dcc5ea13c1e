#include "bootstrap/process/keeper.hpp"
#include "runtime/base/clock.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace troupe;
using namespace troupe::process;
using namespace std::chrono_literals;

namespace {

struct directory {
  std::string path;

  directory() {
    char name[] = "/tmp/troupe-keeper-XXXXXX";
    path = mkdtemp(name);
  }

  ~directory() { std::filesystem::remove_all(path); }

  std::string file(const char* name) const { return path + "/" + name; }
};

std::string slurp(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream{path}.rdbuf();
  return out.str();
}

child_spec shell(const std::string& script) {
  child_spec out;
  out.program = "/bin/sh";
  out.arguments = {"sh", "-c", script};
  out.parent_death_signal = SIGKILL;
  return out;
}

/// A keeper whose process is over when the test is.
struct kept {
  int reports = 0;
  keeper it;

  explicit kept(child_spec what)
      : kept(kept_process{"s1", "server", std::move(what)}) {}

  explicit kept(kept_process what)
      : it(std::move(what), [this] { ++reports; }) {
    it.begin();
  }

  ~kept() {
    if (it.record().running)
      end_process(*it.record().running, 0s);
  }

  /// Looks until it is so; at most 10 s.
  template <class Condition>
  bool until(Condition so) {
    const auto deadline = mono_now() + 10s;
    while (!so() && mono_now() < deadline) {
      poll(nullptr, 0, 2);
      it.look();
    }
    return so();
  }
};

} // namespace

TEST_CASE("what ended is started again, later each time") {
  kept at{shell("exit 7")};
  std::vector<mono_time> starts{mono_now()};
  for (unsigned i = 1; i <= 3; ++i) {
    REQUIRE(at.until([&] { return at.it.deadline().has_value(); }));
    CHECK(at.it.record().last_end == "exit code 7");
    CHECK_FALSE(at.it.record().running);
    CHECK(at.it.record().restarts == i - 1);
    REQUIRE(at.until([&] { return at.it.record().restarts == i; }));
    starts.push_back(mono_now());
  }
  CHECK(starts[1] - starts[0] >= 100ms);
  CHECK(starts[2] - starts[1] >= 200ms);
  CHECK(starts[3] - starts[2] >= 400ms);
  CHECK(at.reports >= 7); // four starts and three ends
  CHECK_FALSE(at.it.finished());
}

TEST_CASE("what is stopped ends and is not started again") {
  kept at{shell("exec tail -f /dev/null")};
  const auto who = at.it.record().running;
  REQUIRE(who);
  at.it.stop();
  CHECK_FALSE(at.it.finished());
  REQUIRE(at.until([&] { return at.it.finished(); }));
  CHECK_FALSE(is_alive(*who));
  CHECK_FALSE(at.it.record().running);
  CHECK(at.it.record().last_end == "killed by signal 15");
  CHECK_FALSE(at.it.deadline());
  at.it.look();
  at.it.stop();
  CHECK(at.it.finished());
  CHECK(at.it.record().restarts == 0);
}

TEST_CASE("a kill is told by its signal") {
  kept at{shell("exec tail -f /dev/null")};
  REQUIRE(at.it.record().running);
  kill(at.it.record().running->pid, SIGKILL);
  REQUIRE(at.until([&] { return !at.it.record().running; }));
  CHECK(at.it.record().last_end == "killed by signal 9");
  at.it.stop(); // while it waits for the next start
  CHECK(at.it.finished());
}

TEST_CASE("a program that cannot be started is tried again") {
  child_spec what;
  what.program = "/nowhere/troupe";
  what.arguments = {"troupe"};
  kept at{what};
  CHECK_FALSE(at.it.record().running);
  CHECK(at.it.record().last_end.find("/nowhere/troupe") != std::string::npos);
  CHECK(at.it.record().restarts == 0);
  const auto first = at.it.deadline();
  REQUIRE(first);
  REQUIRE(at.until([&] { return at.it.deadline() > first; }));
  at.it.stop();
  CHECK(at.it.finished());
}

TEST_CASE("a large log is moved away, and its process opens it anew") {
  const directory in;
  const auto log = in.file("log");
  // A shell hears signals between commands: one that comes just before a
  // command that never ends would not be heard.
  kept_process what{"s1", "server",
                    shell("trap 'exec >> " + log
                          + "; echo again' HUP; echo begun; while :; do sleep "
                            "0.01; done")};
  what.child.log_file = log;
  what.log = {log, SIGHUP};
  SECTION("once it is settled") {
    what.settles_after = 0s;
    kept at{what};
    REQUIRE(at.until([&] { return slurp(log) == "begun\n"; }));
    at.it.look_at_log(6);
    CHECK(slurp(log) == "begun\n");
    at.it.look_at_log(5);
    CHECK(slurp(log + ".1") == "begun\n");
    CHECK(at.until([&] { return slurp(log) == "again\n"; }));
    at.it.reopen_log();
    CHECK(at.until([&] { return slurp(log) == "again\nagain\n"; }));
  }
  SECTION("not before") {
    what.settles_after = 300ms;
    const auto begin = mono_now();
    kept at{what};
    REQUIRE(at.until([&] { return slurp(log) == "begun\n"; }));
    at.it.look_at_log(5);
    CHECK(slurp(log + ".1") == "begun\n");
    CHECK(at.it.deadline());
    CHECK(at.until([&] { return slurp(log) == "again\n"; }));
    CHECK(mono_now() - begin >= 300ms);
    CHECK_FALSE(at.it.deadline());
  }
}

TEST_CASE("a child lives in the network namespace it is given") {
  if (geteuid() != 0) {
    WARN("needs root");
    return;
  }
  const directory in;
  // Another process makes the namespace, so that this one stays in its own.
  int ends[2];
  REQUIRE(pipe2(ends, 0) == 0);
  const int holder = fork();
  if (holder == 0) {
    const bool made = unshare(CLONE_NEWNET) == 0;
    [[maybe_unused]] auto n = write(ends[1], made ? "y" : "n", 1);
    pause();
    _exit(0);
  }
  char made = 'n';
  CHECK(read(ends[0], &made, 1) == 1);
  close(ends[0]);
  close(ends[1]);
  const auto path = "/proc/" + std::to_string(holder) + "/ns/net";
  char name[64] = {};
  CHECK(readlink(path.c_str(), name, sizeof name - 1) > 0);
  auto what = shell("readlink /proc/self/ns/net");
  what.log_file = in.file("log");
  what.network_namespace = path;
  const auto pid = spawn(what);
  if (pid)
    waitpid(*pid, nullptr, 0);
  kill(holder, SIGKILL);
  waitpid(holder, nullptr, 0);
  CHECK(made == 'y');
  REQUIRE(pid);
  CHECK(slurp(in.file("log")) == std::string{name} + "\n");
}

TEST_CASE("a namespace that does not exist is an error") {
  auto what = shell("exit 0");
  what.network_namespace = "/nowhere/netns";
  const auto pid = spawn(what);
  REQUIRE_FALSE(pid);
  CHECK(pid.error().message.find("/nowhere/netns") != std::string::npos);
}
