#include "runtime/caf/live_tree.hpp"
#include "runtime/caf/supervisor_actor.hpp"
#include "runtime/caf/system_config.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <future>
#include <thread>

using namespace troupe;
using namespace troupe::actors;

namespace {

constexpr auto patience = std::chrono::seconds{30};

/// Whether it holds before the patience ends.
template <class F>
bool eventually(F&& holds) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::yield();
  }
  return true;
}

child_spec leaf(const std::string& address) {
  return {std::make_shared<door_base>(address, "leaf", 1),
          [](caf::event_based_actor& parent) -> caf::actor {
            return parent.spawn([](caf::event_based_actor*) {
              return caf::behavior{
                  [](const local<int>&) {},
                  [](const local<std::shared_ptr<workload>>&) {}};
            });
          }};
}

/// A root with one leaf and one supervisor of two more.
struct fixture {
  live_tree tree;
  system_config config;
  caf::actor_system system{config};
  std::promise<void> ended;
  caf::actor root;

  fixture() {
    supervisor_config inner;
    inner.tree = &tree;
    inner.children = {leaf("/p/s/a"), leaf("/p/s/b")};
    supervisor_config outer;
    outer.tree = &tree;
    outer.children = {leaf("/p/leaf"),
                      {std::make_shared<door_base>("/p/s", "supervisor", 1),
                       [inner](caf::event_based_actor& parent) -> caf::actor {
                         return parent.spawn(supervisor, inner);
                       }}};
    root =
        spawn_root(system, std::make_shared<door_base>("/p", "supervisor", 1),
                   std::move(outer), [this] { ended.set_value(); });
    REQUIRE(eventually([&] { return running() == 5; }));
  }

  ~fixture() { caf::anon_send_exit(root, caf::exit_reason::user_shutdown); }

  std::vector<door_report> rows() { return tree.report("", 100, mono_time{}); }

  std::size_t running() {
    std::size_t out = 0;
    for (const auto& each : rows())
      out += each.state == actor_state::running ? 1 : 0;
    return out;
  }

  std::uint64_t restarts(const std::string& address) {
    for (const auto& each : rows())
      if (each.address == address)
        return each.restarts;
    return 0;
  }
};

} // namespace

TEST_CASE("the tree has every actor under its address, in order") {
  fixture f;
  std::vector<std::string> addresses;
  for (const auto& each : f.rows())
    addresses.push_back(each.address);
  CHECK(
      addresses
      == std::vector<std::string>{"/p", "/p/leaf", "/p/s", "/p/s/a", "/p/s/b"});
  const auto page = f.tree.report("/p/leaf", 2, mono_time{});
  REQUIRE(page.size() == 2);
  CHECK(page[0].address == "/p/s");
  CHECK(page[1].address == "/p/s/a");
}

TEST_CASE("a killed leaf comes back, alone") {
  fixture f;
  int called = 0;
  CHECK(f.tree.kill("/p/s/a", [&] { ++called; }) == kill_outcome::killed);
  CHECK(called == 1);
  CHECK(eventually(
      [&] { return f.restarts("/p/s/a") == 1 && f.running() == 5; }));
  CHECK(f.restarts("/p/s/b") == 0);
  CHECK(f.restarts("/p/s") == 0);
}

TEST_CASE("a killed supervisor comes back with its children") {
  fixture f;
  CHECK(f.tree.kill("/p/s", [] {}) == kill_outcome::killed);
  CHECK(eventually([&] {
    return f.restarts("/p/s") == 1 && f.restarts("/p/s/a") == 1
           && f.restarts("/p/s/b") == 1 && f.running() == 5;
  }));
  CHECK(f.restarts("/p/leaf") == 0);
}

TEST_CASE("whoever started the root hears when it is killed") {
  fixture f;
  auto ended = f.ended.get_future();
  CHECK(f.tree.kill("/p", [] {}) == kill_outcome::killed);
  CHECK(ended.wait_for(patience) == std::future_status::ready);
}

TEST_CASE("a root that is told to end is no surprise") {
  auto f = std::make_unique<fixture>();
  auto ended = f->ended.get_future();
  caf::anon_send_exit(f->root, caf::exit_reason::user_shutdown);
  f->root = nullptr;
  f->system.await_all_actors_done();
  CHECK(ended.wait_for(std::chrono::seconds{0}) != std::future_status::ready);
}

TEST_CASE("who is not there is not killed") {
  fixture f;
  int called = 0;
  CHECK(f.tree.kill("/p/nobody", [&] { ++called; }) == kill_outcome::unknown);
  CHECK(f.tree.kill("", [&] { ++called; }) == kill_outcome::unknown);
  CHECK(called == 0);
}

TEST_CASE("a child that is taken away leaves the tree") {
  live_tree tree;
  system_config config;
  caf::actor_system system{config};
  supervisor_config empty;
  empty.tree = &tree;
  const auto root =
      spawn_root(system, std::make_shared<door_base>("/p", "supervisor", 1),
                 std::move(empty), [] {});
  const auto spec = leaf("/p/late");
  add_child(root, spec);
  CHECK(eventually([&] { return tree.report("", 9, {}).size() == 2; }));
  remove_child(root, "/p/late");
  CHECK(eventually([&] { return tree.report("", 9, {}).size() == 1; }));
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
}
