#include "node/shim/protocol.hpp"
#include "tests/unit/node/sandbox/sandbox_world.hpp"

#include <catch2/catch.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace troupe;
using namespace troupe::sandbox;

namespace {

constexpr auto directory_variable = "TROUPE_TEST_SANDBOX_DIRECTORY";

} // namespace

// Run by the next test, as a process of its own: an agent that dies without a
// word.
TEST_CASE("an agent", "[.agent]") {
  const auto* directory = std::getenv(directory_variable);
  REQUIRE(directory != nullptr);
  sandbox_world world{directory};
  auto spec = world.container(
      "a", "while ! test -e /host/go; do sleep 0.05; done; echo done; exit 9");
  spec.mounts.push_back({bind_source{world.directory()}, "/host"});
  const bool fine =
      world.pod().start_container(std::move(spec), 10s).has_value()
      && world.pod().start_container(world.container("b", "exit 2"), 10s);
  kill(getpid(), fine ? SIGKILL : SIGABRT);
}

TEST_CASE("containers outlive their agent", "[sandbox]") {
  sandbox_world world;
  const auto go = world.directory() + "/go";
  setenv(directory_variable, world.directory().c_str(), 1);
  char name[] = "agent";
  char tag[] = "[.agent]";
  char* arguments[] = {name, tag, nullptr};
  pid_t agent = 0;
  REQUIRE(posix_spawn(&agent, "/proc/self/exe", nullptr, nullptr, arguments,
                      environ)
          == 0);
  int status = 0;
  REQUIRE(waitpid(agent, &status, 0) == agent);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGKILL);
  auto adopted = pod_sandbox::reopen(world.host(), world.pod_spec().directory,
                                     world.collect(), 10s);
  REQUIRE(adopted);
  world.holder() = std::move(*adopted);
  REQUIRE(eventually([&] {
    const auto now = world.pod().state(20s);
    return now && now->containers.at(1).phase == container_phase::exited;
  }));
  const auto state = world.pod().state(20s);
  REQUIRE(state);
  CHECK(state->alive);
  CHECK(state->pod_uid == world.pod_spec().pod_uid);
  REQUIRE(state->containers.size() == 2);
  CHECK(state->containers[0].id == "a");
  CHECK(state->containers[0].phase == container_phase::running);
  CHECK(is_alive(state->containers[0].pid));
  CHECK(state->containers[1].exit->code == 2);
  // It is as good as one's own: it can be entered, and its end is told.
  auto process = world.pod().exec(world.exec("a", "echo in"), 10s);
  REQUIRE(process);
  CHECK(read_to_end(process->out.get()) == "in\n");
  auto writer = world.pod().exec(world.exec("a", "echo kept >/dev/shm/x"), 10s);
  REQUIRE(writer);
  CHECK(world.wait_exec(writer->exec_id).code == 0);
  CHECK(world.run_for_output("cat /dev/shm/x") == "kept\n");
  std::filesystem::create_directory(go);
  CHECK(world.wait_exit("a").code == 9);
  CHECK(world.output("a") == "done\n");
}

TEST_CASE("a shim's death ends its containers", "[sandbox]") {
  sandbox_world world;
  auto& pod = world.pod();
  REQUIRE(pod.start_container(world.container("a", "sleep 600"), 10s));
  world.run(world.container("b", "exit 2"));
  const auto before = pod.state(20s);
  REQUIRE(before);
  kill(before->shim_pid, SIGKILL);
  CHECK(world.wait_lost());
  CHECK(eventually([&] { return !is_alive(before->containers[0].pid); }));
  const auto check = [](pod_sandbox& box) {
    const auto state = box.state(20s);
    REQUIRE(state);
    CHECK(!state->alive);
    REQUIRE(state->containers.size() == 2);
    CHECK(state->containers[0].phase == container_phase::lost);
    CHECK(state->containers[1].phase == container_phase::exited);
    CHECK(state->containers[1].exit->code == 2);
    const auto signalled = box.signal("a", SIGTERM, signal_scope::main, 20s);
    REQUIRE(!signalled);
    CHECK(signalled.error().code == errc::unavailable);
  };
  check(pod);
  auto reopened = pod_sandbox::reopen(world.host(), world.pod_spec().directory,
                                      world.collect(), 10s);
  REQUIRE(reopened);
  check(**reopened);
  world.holder() = std::move(*reopened);
  REQUIRE(world.pod().destroy(20s));
  CHECK(world.pod().destroy(20s));
  const auto none = pod_sandbox::reopen(
      world.host(), world.pod_spec().directory, world.collect(), 10s);
  REQUIRE(!none);
  CHECK(none.error().code == errc::not_found);
}

TEST_CASE("a full journal forgets nobody", "[sandbox]") {
  sandbox_world world;
  const auto directory = world.pod_spec().directory;
  std::filesystem::create_directories(directory);
  const auto journal = directory + "/" + shim::journal_name;
  const auto old = directory + "/" + shim::old_journal_name;
  // Room for two more records.
  std::ofstream{journal} << std::string(
      (shim::journal_records_max - 2) * sizeof(shim::journal_record), '\0');
  auto& pod = world.pod();
  REQUIRE(pod.start_container(world.container("long", "sleep 600"), 10s));
  world.run(world.container("b", "exit 2"));
  REQUIRE(std::filesystem::exists(old));
  world.run(world.container("c", "exit 3"));
  const auto before = pod.state(20s);
  REQUIRE(before);
  kill(before->shim_pid, SIGKILL);
  CHECK(world.wait_lost());
  // As after yet another one.
  REQUIRE(std::filesystem::remove(old));
  const auto state = pod.state(20s);
  REQUIRE(state);
  REQUIRE(state->containers.size() == 3);
  CHECK(state->containers[0].id == "long");
  CHECK(state->containers[0].phase == container_phase::lost);
  CHECK(state->containers[0].pid == before->containers[0].pid);
  CHECK(state->containers[1].exit->code == 2);
  CHECK(state->containers[2].exit->code == 3);
}

TEST_CASE("a new agent replaces the old one", "[sandbox]") {
  sandbox_world world;
  REQUIRE(world.pod().start_container(world.container("a", "sleep 600"), 10s));
  auto other = pod_sandbox::reopen(world.host(), world.pod_spec().directory,
                                   world.collect(), 10s);
  REQUIRE(other);
  CHECK((*other)->state(20s)->alive);
  CHECK(eventually([&] {
    const auto refused =
        world.pod().signal("a", SIGTERM, signal_scope::main, 20s);
    return !refused && refused.error().code == errc::unavailable;
  }));
  const auto twice =
      pod_sandbox::create(world.host(), world.pod_spec(), world.collect(), 10s);
  REQUIRE(!twice);
  CHECK(twice.error().code == errc::already_exists);
  const auto shim = (*other)->state(20s);
  REQUIRE((*other)->destroy(10s));
  CHECK(eventually([&] { return !is_alive(shim->shim_pid); }));
  CHECK(eventually([&] { return !is_alive(shim->containers[0].pid); }));
}

TEST_CASE("a sandbox that cannot be made leaves nothing", "[sandbox]") {
  sandbox_world world;
  auto spec = world.pod_spec();
  spec.sysctls = {{"net.core.no_such_thing", "1"}};
  const auto failed =
      pod_sandbox::create(world.host(), spec, world.collect(), 10s);
  REQUIRE(!failed);
  CHECK(failed.error().message
        == "failed to create pod sandbox: set the sysctl "
           "net/core/no_such_thing: no such file or directory");
  CHECK(!std::filesystem::exists(spec.directory));
  spec.sysctls = {{"kernel.hostname", "x"}};
  const auto refused =
      pod_sandbox::create(world.host(), spec, world.collect(), 10s);
  REQUIRE(!refused);
  CHECK(refused.error().code == errc::invalid_argument);
}

TEST_CASE("the directory's path may be long", "[sandbox]") {
  sandbox_world world;
  auto spec = world.pod_spec();
  const auto parent = world.directory() + "/" + std::string(200, 'd') + "/"
                      + std::string(200, 'e');
  std::filesystem::create_directories(parent);
  spec.directory = parent + "/sandbox";
  auto pod = pod_sandbox::create(world.host(), spec, world.collect(), 10s);
  REQUIRE(pod);
  world.holder() = std::move(*pod);
  auto container = world.container("a", "cat /etc/layer");
  container.rootfs.upper = parent + "/up,per:1";
  container.rootfs.work = parent + "/work";
  world.run(std::move(container));
  CHECK(world.output("a") == "upper layer\n");
}
