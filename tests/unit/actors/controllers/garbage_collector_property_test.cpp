#include "actors/controllers/controllers.hpp"
#include "actors/controllers/garbage_collector/garbage_collector.hpp"
#include "runtime/control/object_meta.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

using namespace troupe;

namespace {

constexpr std::size_t objects = 10;

controllers::controller_spec collector() {
  for (auto& spec : controllers::all_controllers())
    if (spec.name == "garbage-collector")
      return spec;
  throw std::runtime_error{"no garbage collector"};
}

/// Config maps o0 ... o9 that own each other at random, and a user who deletes
/// some of them in every way, all while the collector meets faults.
class random_graph {
public:
  explicit random_graph(std::uint64_t seed)
      : random_(seed), runner_(world_, collector()) {
    world_.place("{apiVersion: v1, kind: Namespace, metadata: {name: n1, uid: "
                 "n1}}");
    runner_.misbehave(seed);
    runner_.before_write = [this](const auto& request) { check(request); };
  }

  void run() {
    for (std::size_t i = 0; i < objects; ++i)
      place(i);
    for (int i = 0; i < 60; ++i) {
      if (random_.chance(15))
        delete_some();
      if (random_.chance(15))
        place(random_.below(objects));
      runner_.step();
    }
    // A finalizer of somebody else's keeps nothing up for ever.
    free_all();
    runner_.settle();
    runner_.behave();
    runner_.restart();
    runner_.settle();
  }

  /// Nothing is left to do, and nothing that has an owner lacks all of them.
  void check_end() {
    const auto view = world_.view();
    view.each("core/configmaps/", [&](const auto& key, const auto&) {
      CAPTURE(key);
      const auto what = controllers::garbage_collector::reconcile(view, key);
      CHECK(to_string(what) == "");
      const auto object = view.get(key);
      const auto owners = control::owner_references(*object);
      CHECK((owners.empty() || any_there(view, owners)));
      CHECK_FALSE(control::deleting(*object));
      return true;
    });
    runner_.writes.clear();
    runner_.restart();
    runner_.settle();
    CHECK(runner_.writes.empty());
  }

private:
  static std::string name(std::size_t i) { return "o" + std::to_string(i); }

  static bool any_there(const control::snapshot& view,
                        const std::vector<control::owner_reference>& owners) {
    for (const auto& owner : owners) {
      const auto found =
          view.find("core/configmaps/n1/" + std::string{owner.name});
      if (found != nullptr && found->columns->uid == owner.uid)
        return true;
    }
    return false;
  }

  /// A new object in place of what may be there, with a uid of its own and
  /// owners among those alive, or one that never was.
  void place(std::size_t i) {
    if (world_.store.current()->get("core/configmaps/n1/" + name(i)))
      return;
    std::string owners;
    for (auto n = random_.below(3); n > 0; --n) {
      const auto j = random_.below(objects);
      const auto standing =
          world_.store.current()->get("core/configmaps/n1/" + name(j));
      if (!standing && !random_.chance(10))
        continue;
      const auto uid = standing ? standing->columns->uid : "never";
      if (owners.find(uid) != std::string::npos)
        continue;
      owners += "{apiVersion: v1, kind: ConfigMap, name: " + name(j)
                + ", uid: " + uid + ", blockOwnerDeletion: "
                + (random_.chance(50) ? "true" : "false") + "}, ";
    }
    world_.place("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: n1, "
                 "name: "
                 + name(i) + ", uid: u" + std::to_string(++last_uid_) + "x"
                 + ", finalizers: ["
                 + (random_.chance(10) ? "example.com/hold" : "")
                 + "], ownerReferences: [" + owners + "]}}");
  }

  void delete_some() {
    static constexpr std::array<const char*, 3> policies = {
        "Background", "Foreground", "Orphan"};
    world_.remove("core/configmaps/n1/" + name(random_.below(objects)),
                  policies[random_.below(policies.size())]);
  }

  void free_all() {
    for (std::size_t i = 0; i < objects; ++i) {
      const auto key = "core/configmaps/n1/" + name(i);
      const auto object = world_.view().get(key);
      if (!object || !control::has_finalizer(*object, "example.com/hold"))
        continue;
      auto changed = object->clone();
      control::erase_finalizer(changed, "example.com/hold");
      world_.act(control::update_of(key, std::move(changed), "test"));
    }
  }

  /// The collector never asks to delete what an owner still wants, as the
  /// world stands when the request arrives and its preconditions hold. (An
  /// owner may stop waiting in the foreground between plan and request, but
  /// that it is being deleted is never taken back.)
  void check(const api::request& request) {
    if (request.verb != api::verb::remove)
      return;
    const auto key = "core/configmaps/n1/" + request.target.name;
    const auto view = world_.view();
    const auto object = view.get(key);
    if (!object || control::uid_of(*object) != request.uid
        || control::resource_version_of(*object) != request.resource_version)
      return;
    for (const auto& owner : control::owner_references(*object)) {
      const auto there =
          view.get("core/configmaps/n1/" + std::string{owner.name});
      if (!there || control::uid_of(*there) != owner.uid)
        continue;
      CHECK(control::deleting(*there));
    }
  }

  test::controller_world world_;
  prng random_;
  test::controller_runner runner_;
  std::uint64_t last_uid_ = 0;
};

} // namespace

TEST_CASE("garbage collector: converges whatever it meets") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    random_graph graph{seed};
    REQUIRE_NOTHROW(graph.run());
    graph.check_end();
  }
}
