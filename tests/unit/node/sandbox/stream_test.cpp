#include "node/sys/process_handle.hpp"
#include "tests/unit/node/sandbox/sandbox_world.hpp"

#include <catch2/catch.hpp>
#include <sys/mount.h>

#include <csignal>
#include <ctime>
#include <filesystem>
#include <regex>
#include <sstream>

using namespace troupe;
using namespace troupe::sandbox;
using Catch::Matchers::Contains;

namespace {

/// As the log writes it, to the second.
std::string utc_now() {
  char out[32];
  const auto now = std::time(nullptr);
  std::strftime(out, sizeof(out), "%Y-%m-%dT%H:%M:%S", std::gmtime(&now));
  return out;
}

} // namespace

TEST_CASE("output is logged in the CRI format", "[sandbox]") {
  sandbox_world world;
  const auto before = utc_now();
  world.run(world.container(
      "a", "echo one; echo two >&2; printf half; sleep 0.1; echo ' line';"
           "printf '\\n'; printf end"));
  const std::regex record{
      R"((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z) (stdout|stderr) F (.*))"};
  std::istringstream lines{world.log("a")};
  std::string out;
  std::string err;
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    REQUIRE(std::regex_match(line, match, record));
    CHECK(match[1].str() >= last);
    last = match[1];
    (match[2] == "stdout" ? out : err) += match[3].str() + "\n";
  }
  // In UTC.
  const auto logged = last.substr(0, before.size());
  CHECK(logged >= before);
  CHECK(logged <= utc_now());
  CHECK(out == "one\nhalf line\n\nend\n");
  CHECK(err == "two\n");
}

TEST_CASE("long lines are logged in parts", "[sandbox]") {
  sandbox_world world;
  world.run(world.container(
      "a", "head -c 40000 /dev/zero | tr '\\0' x 2>/dev/null || "
           "dd if=/dev/zero bs=40000 count=1 2>/dev/null; echo; echo next"));
  std::istringstream lines{world.log("a")};
  std::vector<std::pair<std::string, std::size_t>> seen;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields{line};
    std::string time, stream, tag;
    fields >> time >> stream >> tag;
    seen.emplace_back(tag, line.size() - time.size() - stream.size() - 4);
  }
  REQUIRE(seen.size() == 4);
  CHECK(seen[0] == std::pair<std::string, std::size_t>{"P", 16384});
  CHECK(seen[1] == std::pair<std::string, std::size_t>{"P", 16384});
  CHECK(seen[2] == std::pair<std::string, std::size_t>{"F", 40000 - 32768});
  CHECK(seen[3].second == 4);
}

TEST_CASE("logs are rotated and reopened", "[sandbox]") {
  sandbox_world world;
  auto spec = world.container("a", "seq 1 20000; cat");
  spec.stdin_open = true;
  spec.log.size_max = 100'000;
  spec.log.files_max = 3;
  REQUIRE(world.pod().start_container(std::move(spec), 10s));
  const auto directory = world.directory() + "/logs/a";
  CHECK(eventually(
      [&] { return world.log("a").find("F 20000\n") != std::string::npos; }));
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{directory}) {
    names.push_back(entry.path().filename());
    CHECK(entry.file_size() <= 100'000);
  }
  std::sort(names.begin(), names.end());
  REQUIRE(names.size() == 3);
  CHECK(names[0] == "0.log");
  CHECK(
      std::regex_match(names[1], std::regex{R"(0\.log\.\d{8}-\d{6}\.\d{9})"}));
  std::filesystem::rename(directory + "/0.log", directory + "/mine");
  REQUIRE(world.pod().reopen_log("a", 20s));
  auto attached = world.pod().attach({"a", true, false, false}, 20s);
  REQUIRE(attached);
  write_text(attached->in.get(), "after\n");
  CHECK(eventually([&] { return world.output("a") == "after\n"; }));
}

TEST_CASE("a full disk drops output, not the container", "[sandbox]") {
  sandbox_world world;
  const auto logs = world.directory() + "/logs/a";
  std::filesystem::create_directories(logs);
  REQUIRE(mount("tmpfs", logs.c_str(), "tmpfs", 0, "size=64k") == 0);
  CHECK(world.run(world.container("a", "seq 1 50000; exit 5")).code == 5);
  const auto text = world.log("a");
  CHECK(text.size() > 30'000);
  CHECK(text.back() == '\n');
  const auto state = world.pod().state(20s);
  REQUIRE(state);
  CHECK(state->containers[0].log_dropped > 100'000);
  REQUIRE(world.pod().destroy(10s));
  CHECK(umount(logs.c_str()) == 0);
}

TEST_CASE("a log is no way out of its directory", "[sandbox]") {
  sandbox_world world;
  const auto logs = world.directory() + "/logs/a";
  std::filesystem::create_directories(logs);
  std::filesystem::create_symlink(world.directory() + "/outside",
                                  logs + "/0.log");
  CHECK(!world.pod().start_container(world.container("a", "echo x"), 20s));
  CHECK(!std::filesystem::exists(world.directory() + "/outside"));
}

TEST_CASE("processes join a running container", "[sandbox]") {
  sandbox_world world;
  auto spec = world.container("a", "echo here >/tmp/mark; sleep 600");
  spec.security.uid = 1000;
  const auto security = spec.security;
  REQUIRE(world.pod().start_container(std::move(spec), 10s));
  auto wanted = world.exec("a", "cat; cat /tmp/mark; echo oops >&2; id -u;"
                                "grep Seccomp: /proc/self/status; exit 7");
  wanted.stdin_open = true;
  wanted.security = security;
  REQUIRE(eventually([&] {
    return read_file(world.directory() + "/run/a/upper/tmp/mark") == "here\n";
  }));
  auto process = world.pod().exec(std::move(wanted), 10s);
  REQUIRE(process);
  write_text(process->in.get(), "input\n");
  process->in.reset();
  CHECK(read_to_end(process->out.get()) == "input\nhere\n1000\nSeccomp:\t2\n");
  CHECK(read_to_end(process->err.get()) == "oops\n");
  CHECK(world.wait_exec(process->exec_id).code == 7);
  auto missing = world.exec("a", "");
  missing.args = {"foo"};
  const auto failed = world.pod().exec(std::move(missing), 10s);
  REQUIRE(!failed);
  CHECK(failed.error().message
        == "exec: \"foo\": executable file not found in $PATH");
  const auto nowhere = world.pod().exec(world.exec("b", "true"), 10s);
  REQUIRE(!nowhere);
  CHECK(nowhere.error().code == errc::not_found);
  auto lasting = world.pod().exec(world.exec("a", "sleep 600"), 10s);
  REQUIRE(lasting);
  REQUIRE(world.pod().kill_exec(lasting->exec_id, 20s));
  CHECK(world.wait_exec(lasting->exec_id).signal == SIGKILL);
}

TEST_CASE("a process may have a terminal", "[sandbox]") {
  sandbox_world world;
  REQUIRE(world.pod().start_container(world.container("a", "sleep 600"), 10s));
  auto wanted = world.exec("a", "tty; stty size; read line; echo got $line;"
                                "stty size; read line; exit 4");
  wanted.tty = true;
  wanted.columns = 90;
  wanted.rows = 30;
  auto process = world.pod().exec(std::move(wanted), 10s);
  REQUIRE(process);
  const auto terminal = process->terminal.get();
  CHECK_THAT(read_until(terminal, "30 90"), Contains("/dev/pts/0\r\n"));
  REQUIRE(world.pod().resize_exec(process->exec_id, 100, 40, 20s));
  write_text(terminal, "hello\n");
  CHECK_THAT(read_until(terminal, "40 100"), Contains("got hello\r\n"));
  write_text(terminal, "\n");
  read_to_end(terminal);
  CHECK(world.wait_exec(process->exec_id).code == 4);
  // Hanging up ends a shell.
  auto shell = world.exec("a", "while read line; do :; done");
  shell.tty = true;
  auto second = world.pod().exec(std::move(shell), 10s);
  REQUIRE(second);
  second->terminal.reset();
  const auto end = world.wait_exec(second->exec_id);
  CHECK((end.signal == SIGHUP || end.code == 0));
}

TEST_CASE("readers attach to a container", "[sandbox]") {
  sandbox_world world;
  auto spec = world.container("a", "while read line; do echo out $line; echo "
                                   "err $line >&2; done; echo over");
  spec.stdin_open = true;
  spec.stdin_once = true;
  REQUIRE(world.pod().start_container(std::move(spec), 10s));
  auto first = world.pod().attach({"a", true, true, true}, 20s);
  auto second = world.pod().attach({"a", true, true, false}, 20s);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(!first->tty);
  CHECK(first->in);
  CHECK(!second->in); // the first one has it
  write_text(first->in.get(), "x\n");
  CHECK(read_until(first->out.get(), "\n") == "out x\n");
  CHECK(read_until(first->err.get(), "\n") == "err x\n");
  CHECK(read_until(second->out.get(), "\n") == "out x\n");
  second->out.reset(); // a reader that goes is no trouble
  first->in.reset();   // the end of the input, once
  CHECK(read_to_end(first->out.get()) == "over\n");
  CHECK(read_to_end(first->err.get()).empty());
  CHECK(world.wait_exit("a").code == 0);
  CHECK(world.output("a") == "out x\nerr x\nover\n");
  CHECK(!world.pod().attach({"a", false, true, true}, 20s));
}

TEST_CASE("who starts a container to talk to it misses nothing", "[sandbox]") {
  sandbox_world world;
  auto spec = world.container("a", "echo early; echo wrong >&2; read line; "
                                   "echo $line");
  spec.stdin_open = true;
  spec.stdin_once = true;
  REQUIRE(world.pod().start_container(std::move(spec), 10s));
  CHECK(eventually([&] {
    const auto text = world.output("a");
    return text.find("early\n") != std::string::npos
           && text.find("wrong\n") != std::string::npos;
  }));
  auto first = world.pod().attach({"a", true, true, true}, 20s);
  auto second = world.pod().attach({"a", false, true, false}, 20s);
  REQUIRE(first);
  REQUIRE(second);
  write_text(first->in.get(), "late\n");
  CHECK(read_to_end(first->out.get()) == "early\nlate\n");
  CHECK(read_to_end(first->err.get()) == "wrong\n");
  CHECK(read_to_end(second->out.get()) == "late\n");
}

TEST_CASE("of much that nobody read the newest is kept", "[sandbox]") {
  sandbox_world world;
  auto spec = world.container("a", "seq 1 20000; read line; echo over");
  spec.stdin_open = true;
  spec.stdin_once = true;
  REQUIRE(world.pod().start_container(std::move(spec), 10s));
  CHECK(eventually(
      [&] { return world.log("a").find("F 20000\n") != std::string::npos; }));
  auto attached = world.pod().attach({"a", true, true, false}, 20s);
  REQUIRE(attached);
  write_text(attached->in.get(), "go\n");
  const auto text = read_to_end(attached->out.get());
  CHECK(text.size() == 16 * 1024 + 5);
  const auto all = world.output("a");
  CHECK(all.ends_with(text));
}

TEST_CASE("a container may see the processes of another", "[sandbox]") {
  sandbox_world world;
  const auto first =
      world.pod().start_container(world.container("a", "exec sleep 1000"), 10s);
  REQUIRE(first);
  auto process = sys::open_process(first->pid);
  REQUIRE(process);
  auto spec = world.container("b", "cat /proc/1/cmdline | tr '\\0' ' '");
  spec.pids_of = std::move(*process);
  CHECK(world.run(std::move(spec)).code == 0);
  CHECK_THAT(world.output("b"), Contains("sleep 1000"));
  CHECK(world.pod().signal("a", SIGKILL, signal_scope::main, 20s));
  world.wait_exit("a");
}

TEST_CASE("a slow reader loses nothing", "[sandbox]") {
  sandbox_world world;
  auto spec = world.container("a", "read line; seq 1 100000");
  spec.stdin_open = true;
  REQUIRE(world.pod().start_container(std::move(spec), 10s));
  auto attached = world.pod().attach({"a", true, true, false}, 20s);
  REQUIRE(attached);
  write_text(attached->in.get(), "go\n");
  // The container is held up by now, or will be.
  const auto text = read_to_end(attached->out.get());
  CHECK(std::count(text.begin(), text.end(), '\n') == 100'000);
  CHECK(text.ends_with("\n100000\n"));
  CHECK(world.wait_exit("a").code == 0);
  CHECK(world.output("a") == text);
}

TEST_CASE("a container may have a terminal", "[sandbox]") {
  sandbox_world world;
  auto spec = world.container("a", "tty; read line; stty size; ls -l "
                                   "/dev/console; exit 6");
  spec.tty = true;
  spec.stdin_open = true;
  spec.security.uid = 1000;
  const auto started = world.pod().start_container(std::move(spec), 10s);
  REQUIRE(started);
  CHECK(started->tty);
  auto attached = world.pod().attach({"a", true, true, false}, 20s);
  REQUIRE(attached);
  CHECK(attached->tty);
  REQUIRE(world.pod().resize("a", 70, 20, 20s));
  write_text(attached->in.get(), "\n");
  CHECK_THAT(read_to_end(attached->out.get()), Contains("20 70\r\n"));
  CHECK(world.wait_exit("a").code == 6);
  CHECK_THAT(world.log("a"), Contains(" stdout F /dev/pts/0\r\n"));
  CHECK_THAT(world.log("a"), Contains("/dev/console\r\n"));
}
