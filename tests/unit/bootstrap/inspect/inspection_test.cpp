#include "bootstrap/inspect/inspection_client.hpp"
#include "bootstrap/inspect/inspection_server.hpp"
#include "node/sys/packet_socket.hpp"
#include "runtime/caf/supervisor_actor.hpp"
#include "runtime/caf/system_config.hpp"

#include <caf/actor_system.hpp>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <future>

using namespace troupe;
using namespace troupe::inspect;

namespace {

constexpr duration patience = std::chrono::seconds{30};

struct scratch {
  std::string path;

  scratch() {
    // Longer than a socket's path may be.
    auto text =
        (std::filesystem::temp_directory_path() / "inspect-XXXXXX").string();
    REQUIRE(mkdtemp(text.data()) != nullptr);
    base = text;
    path = base + "/" + std::string(120, 'd');
    std::filesystem::create_directory(path);
  }

  ~scratch() { std::filesystem::remove_all(base); }

  std::string base;
};

/// More doors than fit into one answer; nobody stands behind them.
std::vector<std::shared_ptr<actors::door_base>> crowd(actors::live_tree& tree) {
  std::vector<std::shared_ptr<actors::door_base>> out;
  for (std::size_t i = 0; i < 2 * actor_tree::rows_max + 1; ++i) {
    out.push_back(std::make_shared<actors::door_base>(
        "/node/n1/pod/" + std::to_string(1000 + i), "pod", 1));
    tree.add(out.back());
  }
  return out;
}

} // namespace

TEST_CASE("a process tells of all its actors, page by page") {
  const scratch place;
  actors::live_tree tree;
  const auto doors = crowd(tree);
  const auto server = inspection_server::open(place.path, "n1", tree);
  REQUIRE(server.has_value());
  const auto rows = list_actors(place.path, "n1", patience);
  REQUIRE(rows.has_value());
  REQUIRE(rows->size() == doors.size());
  for (std::size_t i = 0; i < doors.size(); ++i)
    CHECK((*rows)[i].address == doors[i]->address());
  CHECK(rows->front().kind == "pod");
  CHECK(rows->front().state == "starting");
}

TEST_CASE("only the owner may ask") {
  const scratch place;
  actors::live_tree tree;
  const auto server = inspection_server::open(place.path, "n1", tree);
  REQUIRE(server.has_value());
  struct stat about {};
  REQUIRE(stat((place.path + "/" + socket_name("n1")).c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
}

TEST_CASE("kills are answered") {
  const scratch place;
  actors::live_tree tree;
  actors::system_config config;
  caf::actor_system system{config};
  std::promise<void> ended;
  const auto root = actors::spawn_root(
      system, std::make_shared<actors::door_base>("/node/n1", "supervisor", 1),
      {.tree = &tree}, [&] { ended.set_value(); });
  const auto idle =
      std::make_shared<actors::door_base>("/node/n1/idle", "idle", 1);
  tree.add(idle);
  const auto server = inspection_server::open(place.path, "n1", tree);
  REQUIRE(server.has_value());
  struct sample {
    const char* address;
    actor_tree::outcome outcome;
  };
  const sample samples[] = {
      {"/node/n1/nobody", actor_tree::outcome::unknown},
      {"/node/n1/idle", actor_tree::outcome::down},
      {"/node/n1", actor_tree::outcome::done},
  };
  for (const auto& each : samples) {
    CAPTURE(each.address);
    const auto answer =
        ask(place.path, "n1", {actor_tree::verb::kill, each.address}, patience);
    REQUIRE(answer.has_value());
    CHECK(answer->outcome == each.outcome);
  }
  CHECK(ended.get_future().wait_for(patience) == std::future_status::ready);
}

TEST_CASE("a rude client harms nobody") {
  const scratch place;
  actors::live_tree tree;
  const auto server = inspection_server::open(place.path, "n1", tree);
  REQUIRE(server.has_value());
  const unique_fd directory{
      ::open(place.path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  const auto gone = sys::connect_packets(directory, socket_name("n1"));
  REQUIRE(gone.has_value());
  REQUIRE(sys::send_packet(*gone, "\xff\xff nonsense", {}).has_value());
  const auto silent = sys::connect_packets(directory, socket_name("n1"));
  REQUIRE(silent.has_value());
  CHECK(list_actors(place.path, "n1", patience).has_value());
}

TEST_CASE("nobody there is said") {
  const scratch place;
  const auto none = list_actors(place.path, "n1", patience);
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().code == errc::unavailable);
  CHECK(none.error().message.find("n1") != std::string::npos);
  actors::live_tree tree;
  CHECK(inspection_server::open(place.path, "n1", tree).has_value());
  CHECK_FALSE(list_actors(place.path, "n1", patience).has_value());
}

TEST_CASE("a process that stands still is not waited for any longer") {
  const scratch place;
  const unique_fd directory{
      ::open(place.path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  const auto deaf = sys::listen_packets(directory, socket_name("n1"));
  REQUIRE(deaf.has_value());
  const auto rows =
      list_actors(place.path, "n1", std::chrono::milliseconds{20});
  REQUIRE_FALSE(rows.has_value());
  CHECK(rows.error().message == "n1 does not answer in time");
}
