#include "actors/gateway/bus/bus_gateway.hpp"
#include "messages/view/core_v1.hpp"
#include "node/agent/api_client.hpp"
#include "node/agent/watched_table.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/entropy.hpp"
#include "runtime/bus/bus_messenger.hpp"
#include "tests/support/fake_bus.hpp"
#include "tests/support/local_store.hpp"
#include "tests/support/local_watch.hpp"
#include "tests/unit/node/agent/objects.hpp"

#include <catch2/catch.hpp>
#include <poll.h>

#include <atomic>
#include <future>

using namespace troupe;
using namespace troupe::agent;
using namespace std::chrono_literals;

namespace {

const bus_peer n1{"node", "n1"};

template <class F>
bool eventually(F&& holds) {
  const auto deadline = mono_now() + 60s;
  while (!holds()) {
    if (mono_now() > deadline)
      return false;
    poll(nullptr, 0, 2);
  }
  return true;
}

std::unique_ptr<messenger> join(test::fake_bus& bus, const bus_peer& self) {
  auto made = bus::make_messenger({"6d0f9c1e", self, 1}, bus.connect(self));
  REQUIRE(made.has_value());
  return std::move(*made);
}

/// A server's door for nodes.
struct server {
  server(test::fake_bus& all, const std::string& name,
         const gateway::bus_gateway_ports& ports)
      : self{"server", name}, bus(join(all, self)),
        gateway(std::make_shared<gateway::bus_gateway>(ports)),
        served(bus->serve("/server/" + name + "/gateway", gateway)) {
    // nop
  }

  bus_peer self;
  std::unique_ptr<messenger> bus;
  std::shared_ptr<gateway::bus_gateway> gateway;
  std::unique_ptr<bus_registration> served;
};

/// Two servers on one state, and a node.
struct cluster {
  test::fake_bus bus;
  test::local_store store;
  test::local_watch watch{store};
  gateway::writer_ports writer{&store, wall_now, mono_now, random_id, nullptr};
  std::atomic<duration> s1_is_late{duration{}}; ///< its clock goes before
  server s1{bus, "s1", ports_of_s1()};
  server s2{bus, "s2", {writer, &watch}};
  std::unique_ptr<messenger> node = join(bus, n1);
  api_client api{*node};
  guarded<watched_table> table;
  guarded<std::vector<std::string>> added; ///< "name of a pod", as it came
  guarded<std::vector<std::string>> ends;
  std::unique_ptr<api_watch> pods;

  cluster() {
    store.set_wall_time(wall_now());
    create("Namespace", "namespaces", "", R"({"metadata":{"name":"default"}})");
    create("ServiceAccount", "serviceaccounts", "default",
           R"({"metadata":{"name":"default"},)"
           R"("automountServiceAccountToken":false})");
    create("Node", "nodes", "", R"({"metadata":{"name":"n1"}})");
  }

  gateway::bus_gateway_ports ports_of_s1() {
    auto own = writer;
    own.mono_now = [this] { return mono_now() + s1_is_late.load(); };
    return {own, &watch,
            std::make_shared<gateway::server_standing>(mono_now())};
  }

  void create(const char* kind, const char* plural, const std::string& ns,
              const std::string& json) {
    gateway::local_api all{
        writer, [](const api::request&) -> std::optional<api::status> {
          return std::nullopt;
        }};
    api::request request;
    request.user.name = "test";
    request.verb = api::verb::create;
    request.target = {"", "v1", plural, "", ns, ""};
    request.body = test::shared_object(kind, json);
    std::promise<api::response> answer;
    all.call(request, mono_now() + 60s,
             [&](api::response it) { answer.set_value(std::move(it)); });
    const auto got = answer.get_future().get();
    INFO(got.status.message);
    REQUIRE(got.status.success);
  }

  void create_pod(const std::string& name) {
    create("Pod", "pods", "default",
           R"({"metadata":{"name":")" + name + R"("},"spec":{"nodeName":"n1",)"
               + R"("containers":[{"name":"c","image":"nginx"}]}})");
  }

  api::response read_node() {
    api::request request;
    request.verb = api::verb::get;
    request.target = {"", "v1", "nodes", "", "", "n1"};
    return api.ask(request, mono_now() + 60s);
  }

  /// Makes the agent keep to s1.
  void choose_s1() {
    bus.kill({"server", "s2"});
    REQUIRE(read_node().status.success);
    // Another life of s2, by another name, for nobody comes back from there.
    s3 = std::make_unique<server>(bus, "s3",
                                  gateway::bus_gateway_ports{writer, &watch});
  }

  void open_watch() {
    api_call::watch_open open;
    open.target = {"", "v1", "pods", "", "", ""};
    open.field_selector = "spec.nodeName=n1";
    open.after = table.with([](auto& it) { return it.resume_after(); });
    pods = std::make_unique<api_watch>(
        api, open,
        [this](const api_call::watch_batch& batch) {
          table.with([&](auto& it) { it.apply(batch); });
          for (const auto& event : batch)
            if (event.type == api_call::event_type::added)
              added.with([&](auto& all) {
                all.push_back(std::string{
                    view::core_v1::pod{*event.object}.metadata().name()});
              });
        },
        [this](const std::string& why) {
          table.with([&](auto& it) { it.ended(why); });
          ends.with([&](auto& all) { all.push_back(why); });
        });
  }

  bool has_ended() {
    return eventually(
        [&] { return ends.with([](auto& all) { return !all.empty(); }); });
  }

  bool hears(const std::vector<std::string>& wanted) {
    return eventually([&] {
             return added.with([&](auto& all) { return all.size(); })
                    >= wanted.size();
           })
           && added.with([&](auto& all) { return all == wanted; });
  }

  std::unique_ptr<server> s3;
};

} // namespace

TEST_CASE("an agent whose server dies goes on at another, where it was",
          "[agent]") {
  cluster all;
  all.choose_s1();
  all.create_pod("a");
  all.open_watch();
  REQUIRE(all.hears({"a"}));
  all.bus.kill(all.s1.self);
  all.create_pod("b");
  REQUIRE(all.has_ended());
  // Not because it was silent for too long.
  CHECK(all.ends.with([](auto& it) { return it; })
        == std::vector<std::string>{"the other side is not on the bus"});
  CHECK(all.read_node().status.success);
  all.open_watch();
  // Without another beginning: what it had does not come again.
  CHECK(all.hears({"a", "b"}));
  all.create_pod("c");
  CHECK(all.hears({"a", "b", "c"}));
}

TEST_CASE("what was asked of a server that dies is asked of another",
          "[agent]") {
  cluster all;
  all.choose_s1();
  all.open_watch();
  REQUIRE(eventually(
      [&] { return all.table.with([](auto& it) { return it.complete(); }); }));
  all.bus.kill(all.s1.self);
  CHECK(all.read_node().status.success);
}

TEST_CASE("an agent leaves a server that is cut off from the others",
          "[agent]") {
  cluster all;
  all.choose_s1();
  all.create_pod("a");
  all.open_watch();
  REQUIRE(all.hears({"a"}));
  // As its gateway does, once no read has succeeded for long.
  all.s1_is_late = 2 * gateway::standing_lost_after;
  all.s1.gateway->end_watches();
  REQUIRE(all.has_ended());
  CHECK(all.read_node().status.success);
  all.create_pod("b");
  all.open_watch();
  CHECK(all.hears({"a", "b"}));
}
