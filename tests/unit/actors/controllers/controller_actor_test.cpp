#include "actors/controllers/controller_actor.hpp"
#include "actors/controllers/controllers.hpp"
#include "runtime/caf/system_config.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>

using namespace troupe;

namespace {

/// The world's store and write path for controllers on several threads: one
/// call at a time, so that each has answered when it returns.
class locked_ports final : public control::api_port, public store::store_port {
public:
  explicit locked_ports(test::controller_world& world) : world_(world) {}

  template <class F>
  auto exclusively(F what) {
    std::lock_guard guard{mutex_};
    return what();
  }

  void call(api::request request, mono_time,
            std::function<void(api::response)> done) override {
    done(exclusively([&] { return world_.call(std::move(request)); }));
  }

  std::shared_ptr<const store::store_snapshot> current() const override {
    return world_.store.current();
  }

  void propose(store::proposal value,
               std::function<void(store::propose_outcome)> done) override {
    std::lock_guard guard{mutex_};
    world_.store.propose(std::move(value), std::move(done));
  }

  void read_index(mono_time deadline,
                  std::function<void(store::barrier_outcome)> done) override {
    std::lock_guard guard{mutex_};
    world_.store.read_index(deadline, std::move(done));
  }

  void wait_applied(store::revision at, mono_time deadline,
                    std::function<void(store::barrier_outcome)> done) override {
    std::lock_guard guard{mutex_};
    world_.store.wait_applied(at, deadline, std::move(done));
  }

  std::pair<std::shared_ptr<const store::store_snapshot>,
            std::unique_ptr<store::subscription>>
  subscribe(
      std::function<void(const store::applied_batch&)> on_batch) override {
    return world_.store.subscribe(std::move(on_batch));
  }

private:
  test::controller_world& world_;
  std::mutex mutex_;
};

/// All controllers, supervised, on real threads.
struct fixture {
  test::controller_world world;
  locked_ports locked{world};
  std::mutex mutex;
  std::condition_variable changed;
  std::unique_ptr<store::subscription> subscription;
  actors::system_config config;
  caf::actor_system system{config};
  std::vector<std::shared_ptr<actors::door_base>> doors;
  caf::actor root;

  explicit fixture(std::vector<controllers::controller_spec> specs =
                       controllers::all_controllers()) {
    subscription = world.store
                       .subscribe([this](const auto&) {
                         std::lock_guard guard{mutex};
                         changed.notify_all();
                       })
                       .second;
    controllers::controller_ports ports;
    ports.store = &locked;
    ports.api = &locked;
    ports.wall_now = [this] { return world.wall; };
    ports.mono_now = [] {
      return mono_time{std::chrono::steady_clock::now().time_since_epoch()};
    };
    ports.random = [] { return 7; };
    actors::supervisor_config children;
    children.policy.restarts_max = 100;
    for (auto& spec : specs) {
      children.children.push_back(controllers::controller_child(
          "/server/s1/controller", std::move(spec), ports));
      doors.push_back(children.children.back().entrance);
    }
    root = system.spawn(actors::supervisor, std::move(children));
  }

  ~fixture() {
    caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
    root = nullptr;
    system.await_all_actors_done();
  }

  /// Waits until the store is as wanted.
  bool comes_true(const std::function<bool()>& wanted) {
    std::unique_lock guard{mutex};
    return changed.wait_for(guard, std::chrono::seconds{20}, wanted);
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
    f.locked.exclusively([&] {
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
  f.locked.exclusively([&] {
    f.world.place("{apiVersion: v1, kind: Namespace, metadata: {name: default, "
                  "uid: d}, status: {phase: Active}}");
    f.world.place(config_map("dust"));
  });
  REQUIRE(f.comes_true(
      [&] { return !f.world.names("core/events/default/").empty(); }));
  f.locked.exclusively([&] {
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
