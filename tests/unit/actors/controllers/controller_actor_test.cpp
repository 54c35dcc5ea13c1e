#include "actors/controllers/controller_actor.hpp"
#include "actors/controllers/controllers.hpp"
#include "tests/support/actor_world.hpp"

#include <caf/send.hpp>
#include <catch2/catch.hpp>

using namespace troupe;

namespace {

/// All controllers, or these.
struct fixture : test::actor_world {
  explicit fixture(std::vector<controllers::controller_spec> specs =
                       controllers::all_controllers()) {
    std::vector<actors::child_spec> children;
    for (auto& spec : specs)
      children.push_back(controllers::controller_child(
          "/server/s1/controller", std::move(spec), ports()));
    start(std::move(children));
  }

  bool exists(const std::string& key) {
    return world.store.current()->get(key) != nullptr;
  }

  bool has_system_namespaces() {
    for (const auto* name :
         {"default", "kube-system", "kube-public", "kube-node-lease"})
      if (!exists(std::string{"core/namespaces/"} + name))
        return false;
    return true;
  }
};

std::string config_map(const std::string& name, const std::string& more = "") {
  return "{apiVersion: v1, kind: ConfigMap, metadata: {namespace: default, "
         "name: "
         + name + ", uid: " + name + more + "}}";
}

} // namespace

TEST_CASE("controllers: a new cluster gets its namespaces") {
  fixture f;
  CHECK(f.comes_true([&] { return f.has_system_namespaces(); }));
  CHECK(f.doors.at(1)->address() == "/server/s1/controller/namespace");
}

TEST_CASE("controllers: what is done while they are dead is seen to") {
  fixture f;
  REQUIRE(f.comes_true([&] { return f.has_system_namespaces(); }));
  for (int round = 0; round < 5; ++round) {
    for (const auto& door : f.doors)
      caf::anon_send_exit(door->current(), caf::exit_reason::kill);
    f.exclusively([&] {
      f.world.place(config_map(
          "orphan", ", ownerReferences: [{apiVersion: v1, kind: ConfigMap, "
                    "name: gone, uid: gone}]"));
      f.world.erase("core/namespaces/kube-public");
    });
    CHECK(f.comes_true([&] {
      return !f.exists("core/configmaps/default/orphan")
             && f.has_system_namespaces();
    }));
  }
}

TEST_CASE("controllers: what happened is recorded in the controller's name") {
  controllers::controller_spec spec;
  spec.name = "garbage-collector"; // whose role lets it
  spec.reporter = "sweeper-controller";
  spec.watches.prefixes = {"core/configmaps/"};
  spec.keys_of = [](const auto& change, const auto&, const auto& enqueue) {
    enqueue(change.key);
  };
  spec.reconcile = [](const control::snapshot& view, const auto& key) {
    control::plan plan;
    if (const auto found = view.find(key)) {
      plan.actions.push_back(
          control::removal_of(key, *found, "Background", "test"));
      plan.actions.back().event =
          control::action_event{control::subject_of(key, *view.get(key)),
                                control::event_note{false, "Swept", "Gone"}};
    }
    return plan;
  };
  fixture f{{spec}};
  f.exclusively([&] {
    f.world.place("{apiVersion: v1, kind: Namespace, metadata: {name: default, "
                  "uid: d}, status: {phase: Active}}");
    f.world.place(config_map("dust"));
  });
  REQUIRE(f.comes_true(
      [&] { return !f.world.names("core/events/default/").empty(); }));
  f.exclusively([&] {
    const auto view = f.world.view();
    const auto event = view.get("core/events/default/"
                                + f.world.names("core/events/default/")[0]);
    CHECK(codec::find_path(event->root(), event->type(), "source.component")
              ->string_or("")
          == "sweeper-controller");
    CHECK(
        codec::find_path(event->root(), event->type(), "reason")->string_or("")
        == "Swept");
  });
}
