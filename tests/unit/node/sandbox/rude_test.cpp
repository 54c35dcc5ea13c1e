#include "node/sandbox/plan_writer.hpp"
#include "node/sandbox/seccomp_filter.hpp"
#include "node/sandbox/shim_process.hpp"
#include "node/shim/protocol.hpp"
#include "node/sys/memory_file.hpp"
#include "node/sys/packet_socket.hpp"
#include "tests/unit/node/sandbox/sandbox_world.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace troupe;
using namespace troupe::sandbox;
using Catch::Matchers::Contains;

namespace {

bytes packet(std::uint16_t kind, bytes_view body) {
  const shim::header head{shim::protocol_magic, shim::protocol_version, kind, 1,
                          static_cast<std::uint32_t>(body.size())};
  return bytes{reinterpret_cast<const char*>(&head), sizeof(head)}
         + bytes{body};
}

/// Sends octets to the shim as an agent would; returns the outcome's error,
/// or -1 when the shim hung up.
int say(const std::string& directory, bytes_view data,
        std::vector<int> descriptors) {
  const auto opened = open_directory(directory);
  REQUIRE(opened);
  const auto socket = sys::connect_packets(*opened, shim::socket_name);
  REQUIRE(socket);
  REQUIRE(sys::send_packet(*socket, data, descriptors));
  pollfd one{socket->get(), POLLIN, 0};
  REQUIRE(poll(&one, 1, 10'000) == 1);
  const auto reply = sys::receive_packet(*socket, shim::packet_size_max);
  if (!reply)
    return -1;
  std::int32_t code = 0;
  REQUIRE(reply->data.size() >= sizeof(shim::header) + sizeof(shim::outcome));
  std::memcpy(&code, reply->data.data() + sizeof(shim::header), sizeof(code));
  return code;
}

/// A new group in a hierarchy, removed with the value.
struct test_group {
  std::string path;

  explicit test_group(const std::string& hierarchy)
      : path(hierarchy + "/troupe-sandbox-test-" + std::to_string(getpid())) {
    if (mkdir(path.c_str(), 0755) != 0)
      path.clear();
  }

  ~test_group() {
    if (!path.empty())
      CHECK(eventually([&] { return rmdir(path.c_str()) == 0; }));
  }
};

} // namespace

TEST_CASE("a shim withstands whatever it is sent", "[sandbox]") {
  sandbox_world world;
  REQUIRE(world.pod().start_container(world.container("a", "sleep 600"), 10s));
  const auto directory = world.pod_spec().directory;
  const auto opened = open_directory(directory);
  REQUIRE(opened);
  const std::vector<int> some(20, opened->get());
  CHECK(say(directory, "nonsense", {}) == -1);
  CHECK(say(directory, bytes(16 * 1024, 'x'), some) == -1);
  CHECK(say(directory, packet(1, "").substr(0, 15), {}) == -1);
  for (std::uint16_t kind = 0; kind < 80; ++kind) {
    if (kind == static_cast<std::uint16_t>(shim::message::shutdown))
      continue;
    for (const std::size_t size : {0, 1, 72, 136, 144, 208, 4000})
      for (const char filler : {'\0', '\xff'})
        CHECK(say(directory, packet(kind, bytes(size, filler)),
                  size != 0 ? some : std::vector<int>{})
              >= 0);
  }
  CHECK(say(directory, packet(99, ""), {}) == ENOSYS);
  auto again =
      pod_sandbox::reopen(world.host(), directory, world.collect(), 10s);
  REQUIRE(again);
  world.holder() = std::move(*again);
  const auto state = world.pod().state(20s);
  REQUIRE(state);
  REQUIRE(state->containers.size() == 1);
  CHECK(state->containers[0].phase == container_phase::running);
  // Nothing that came along was kept.
  const auto open = std::filesystem::directory_iterator{
      "/proc/" + std::to_string(state->shim_pid) + "/fd"};
  CHECK(std::distance(open, std::filesystem::directory_iterator{}) < 24);
}

TEST_CASE("a filter in the middle of a plan is loaded there", "[sandbox]") {
  // As agents wrote plans that loaded it first of all: with a capability that
  // the process then gives up.
  sandbox_world world;
  REQUIRE(world.pod().start_container(world.container("a", "sleep 600"), 10s));
  constexpr std::uint64_t usual = 0xa80425fb;
  plan_writer steps;
  steps.add(shim::op::join)
      .add(shim::op::close_descriptors)
      .add(shim::op::seccomp, *default_filter(usual))
      .add(shim::op::user, {0, 0})
      .add(shim::op::capabilities, {usual, usual, 0})
      .add(shim::op::execute, {1}, {"/bin/true"});
  const auto plan =
      sys::make_memory_file("plan", std::move(steps).finish(), false);
  REQUIRE(plan);
  shim::exec_request request = {};
  request.id[0] = 'a';
  const auto body =
      bytes{reinterpret_cast<const char*>(&request), sizeof(request)};
  const auto code = static_cast<std::uint16_t>(shim::message::exec);
  CHECK(say(world.pod_spec().directory, packet(code, body), {plan->get()})
        == 0);
}

TEST_CASE("every call has a deadline", "[sandbox]") {
  sandbox_world world;
  REQUIRE(world.pod().start_container(world.container("a", "sleep 600"), 10s));
  const auto state = world.pod().state(20s);
  REQUIRE(state);
  kill(state->shim_pid, SIGSTOP);
  const auto late = world.pod().state(200ms);
  REQUIRE(!late);
  CHECK(late.error().code == errc::expired);
  kill(state->shim_pid, SIGCONT);
  CHECK(world.pod().state(20s));
  kill(state->shim_pid, SIGSTOP);
  CHECK(world.pod().destroy(400ms));
  CHECK(eventually([&] { return !is_alive(state->shim_pid); }));
  CHECK(eventually([&] { return !is_alive(state->containers[0].pid); }));
}

TEST_CASE("many containers and execs at once", "[sandbox]") {
  sandbox_world world;
  auto& pod = world.pod();
  std::vector<std::thread> threads;
  std::atomic<int> failed = 0;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      for (int round = 0; round < 10; ++round) {
        const auto id = "c" + std::to_string(i) + "-" + std::to_string(round);
        if (!pod.start_container(world.container(id, "exec cat"), 20s))
          ++failed;
      }
    });
  for (auto& each : threads)
    each.join();
  CHECK(failed == 0);
  // `cat` ends at once: its input is empty.
  for (int i = 0; i < 8; ++i)
    for (int round = 0; round < 10; ++round)
      CHECK(
          world.wait_exit("c" + std::to_string(i) + "-" + std::to_string(round))
              .code
          == 0);
  CHECK(pod.state(20s)->containers.size() <= containers_max);
  REQUIRE(pod.start_container(world.container("last", "sleep 600"), 10s));
  for (int i = 0; i < 20; ++i) {
    auto process =
        pod.exec(world.exec("last", "echo " + std::to_string(i)), 10s);
    REQUIRE(process);
    CHECK(read_to_end(process->out.get()) == std::to_string(i) + "\n");
    CHECK(world.wait_exec(process->exec_id).code == 0);
  }
}

TEST_CASE("processes enter their cgroups", "[sandbox]") {
  sandbox_world world;
  const test_group pids{"/sys/fs/cgroup/pids"};
  const bool hybrid = std::filesystem::exists("/sys/fs/cgroup/unified");
  const test_group unified{hybrid ? "/sys/fs/cgroup/unified"
                                  : "/sys/fs/cgroup"};
  const auto groups = [&] {
    cgroup_spec spec;
    if (!pids.path.empty())
      spec.procs_files = {pids.path + "/cgroup.procs"};
    spec.directory.reset(
        open(unified.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return spec;
  };
  auto pod = world.pod_spec();
  pod.shim_cgroup = groups();
  auto made = pod_sandbox::create(world.host(), pod, world.collect(), 10s);
  REQUIRE(made);
  world.holder() = std::move(*made);
  const auto shim = world.pod().state(20s)->shim_pid;
  auto spec = world.container("a", "sleep 600");
  spec.cgroup = groups();
  const auto started = world.pod().start_container(std::move(spec), 10s);
  REQUIRE(started);
  auto exec = world.exec("a", "cat /proc/self/cgroup; read line");
  exec.cgroup = groups();
  exec.stdin_open = true;
  auto process = world.pod().exec(std::move(exec), 10s);
  REQUIRE(process);
  const auto name = std::filesystem::path{unified.path}.filename().string();
  for (const auto pid : {shim, started->pid, process->pid}) {
    const auto entered = read_file("/proc/" + std::to_string(pid) + "/cgroup");
    CHECK_THAT(entered, Contains("0::/" + name));
    if (!pids.path.empty())
      CHECK_THAT(entered, Contains("pids:/" + name));
  }
  // From inside, the groups are the roots.
  CHECK_THAT(read_until(process->out.get(), "0::/\n"), Contains("0::/\n"));
  REQUIRE(world.pod().destroy(10s));
}
