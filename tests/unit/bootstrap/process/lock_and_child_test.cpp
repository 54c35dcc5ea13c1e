#include "bootstrap/process/child.hpp"
#include "bootstrap/process/identity.hpp"
#include "bootstrap/process/lock_file.hpp"
#include "bootstrap/process/socket.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace troupe;
using namespace troupe::process;

namespace {

struct directory {
  std::string path;

  directory() {
    char name[] = "/tmp/troupe-process-XXXXXX";
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

int wait_for(int pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

child_spec shell(const std::string& script) {
  child_spec out;
  out.program = "/bin/sh";
  out.arguments = {"sh", "-c", script};
  return out;
}

} // namespace

TEST_CASE("one holds the lock at a time") {
  const directory in;
  auto first = take_lock(in.file("lock"));
  REQUIRE(first);
  auto second = take_lock(in.file("lock"));
  REQUIRE_FALSE(second);
  CHECK(second.error().code == errc::conflict);
  first->reset();
  CHECK(take_lock(in.file("lock")));
}

TEST_CASE("a removed lock file locks nothing") {
  const directory in;
  auto first = take_lock(in.file("lock"));
  REQUIRE(first);
  std::filesystem::remove(in.file("lock"));
  CHECK(take_lock(in.file("lock")));
}

TEST_CASE("a child holds the lock it was handed, until it ends") {
  const directory in;
  auto lock = take_lock(in.file("lock"));
  REQUIRE(lock);
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  unique_fd theirs{ends[0]};
  unique_fd ours{ends[1]};
  auto what = shell("read line <&3");
  // Each takes the other's number: neither may be lost on the way.
  what.descriptors = {{theirs.get(), 3}, {lock->get(), 4}};
  const auto pid = spawn(what);
  REQUIRE(pid);
  lock->reset();
  CHECK_FALSE(take_lock(in.file("lock")));
  ours.reset();
  wait_for(*pid);
  CHECK(take_lock(in.file("lock")));
}

TEST_CASE("a child writes to its log and gets no other descriptor") {
  const directory in;
  unique_fd secret{open("/dev/null", O_RDONLY)}; // no O_CLOEXEC
  REQUIRE(secret);
  auto what = shell("echo here; ls /proc/self/fd | wc -l >&2; pwd; exit 7");
  what.log_file = in.file("log");
  const auto pid = spawn(what);
  REQUIRE(pid);
  CHECK(wait_for(*pid) == 7);
  // ls itself holds 0, 1, 2 and the directory.
  CHECK(slurp(in.file("log")) == "here\n4\n/\n");
}

TEST_CASE("a terminal's signals are not for children") {
  const auto pid = spawn(shell("exec tail -f /dev/null"));
  REQUIRE(pid);
  CHECK(getpgid(*pid) == *pid);
  kill(*pid, SIGKILL);
  wait_for(*pid);
}

TEST_CASE("a program that does not exist is an error") {
  child_spec what;
  what.program = "/nowhere/troupe";
  what.arguments = {"troupe"};
  for (const bool detached : {false, true}) {
    what.detached = detached;
    const auto pid = spawn(what);
    REQUIRE_FALSE(pid);
    CHECK(pid.error().message.find("/nowhere/troupe") != std::string::npos);
  }
}

TEST_CASE("a detached process is nobody's child and can be ended") {
  auto what = shell("exec tail -f /dev/null");
  what.log_file = "/dev/null";
  what.detached = true;
  const auto pid = spawn(what);
  REQUIRE(pid);
  const auto who = identify(*pid);
  REQUIRE(who);
  CHECK(waitpid(*pid, nullptr, WNOHANG) == -1);
  CHECK(getsid(*pid) != getsid(0));
  CHECK(end_process(*who, std::chrono::seconds{10}));
  CHECK_FALSE(is_alive(*who));
}

TEST_CASE("what ignores SIGTERM is killed") {
  const directory in;
  auto what = shell("trap '' TERM; echo ready; exec tail -f /dev/null");
  what.log_file = in.file("log");
  what.detached = true;
  const auto pid = spawn(what);
  REQUIRE(pid);
  while (slurp(in.file("log")) != "ready\n")
    ;
  const auto who = identify(*pid);
  REQUIRE(who);
  CHECK(end_process(*who, std::chrono::milliseconds{50}));
  CHECK_FALSE(is_alive(*who));
}

TEST_CASE("a port is one listener's") {
  auto first = listen_on_loopback(0);
  REQUIRE(first);
  CHECK(first->port != 0);
  auto second = listen_on_loopback(first->port);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == errc::conflict);
}
