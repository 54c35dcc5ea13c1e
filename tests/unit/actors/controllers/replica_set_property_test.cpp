#include "actors/controllers/controllers.hpp"
#include "messages/codec/yaml.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/apps_v1.hpp"
#include "messages/view/core_v1.hpp"
#include "runtime/control/object_meta.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace troupe;

namespace {

namespace core = view::core_v1;

controllers::controller_spec replica_set() {
  for (auto& spec : controllers::all_controllers())
    if (spec.name == "replicaset")
      return spec;
  throw std::runtime_error{"no ReplicaSet controller"};
}

constexpr auto set_key = "apps/replicasets/ns/web";
const std::string all_pods = "core/pods/ns/";

/// A ReplicaSet, and pods that live and die while its controller meets faults.
class busy_namespace {
public:
  explicit busy_namespace(std::uint64_t seed)
      : random_(seed), runner_(world_, replica_set()) {
    world_.place("{apiVersion: v1, kind: Namespace, metadata: {name: ns, uid: "
                 "uns}, status: {phase: Active}}");
    runner_.misbehave(seed);
  }

  void want(std::size_t replicas) {
    wanted_ = replicas;
    ++generation_;
    auto status = std::string{"replicas: 0"};
    if (const auto now = world_.view().get(set_key))
      status = "replicas: "
               + std::to_string(
                   view::apps_v1::replica_set{*now}.status().replicas());
    world_.place("{apiVersion: apps/v1, kind: ReplicaSet, metadata: "
                 "{namespace: ns, name: web, uid: uw, generation: "
                 + std::to_string(generation_)
                 + "}, spec: {replicas: " + std::to_string(replicas)
                 + ", selector: {matchLabels: {app: web}}, template: "
                   "{metadata: {labels: {app: web}}, spec: {containers: "
                   "[{name: c, image: i}]}}}, status: {"
                 + status + "}}");
  }

  void step() { runner_.step(); }

  /// Something happens to one of the pods.
  void disturb() {
    auto pods = world_.names(all_pods);
    if (pods.empty())
      return;
    const auto key = all_pods + pods[random_.below(pods.size())];
    switch (random_.below(4)) {
      case 0:
        return rewrite(key, "phase: Failed");
      case 1:
        return world_.erase(key);
      case 2:
        world_.remove(key, "");
        return;
      default:
        rewrite(key,
                "phase: Running, conditions: [{type: Ready, status: "
                "\"True\", lastTransitionTime: \"2026-01-01T00:00:00Z\"}]");
    }
  }

  /// Pods come that nobody has, or leave the selector.
  void intrude() {
    if (random_.chance(50)) {
      place("stray" + std::to_string(++strays_), "app: web", "",
            "phase: Running");
      return;
    }
    const auto pods = world_.names(all_pods);
    if (!pods.empty())
      relabel(all_pods + pods[random_.below(pods.size())]);
  }

  std::size_t active() const {
    std::size_t out = 0;
    for (const auto& name : world_.names(all_pods))
      out += is_active(all_pods + name) ? 1 : 0;
    return out;
  }

  std::size_t wanted() const { return wanted_; }

  /// The faults end, and it comes to rest.
  void settle() {
    runner_.behave();
    runner_.settle();
  }

  void check_end() {
    const auto set = world_.view().get(set_key);
    const auto status = view::apps_v1::replica_set{*set}.status();
    CHECK(active() == wanted_);
    CHECK(static_cast<std::size_t>(status.replicas()) == wanted_);
    CHECK(status.observed_generation() == generation_);
    CHECK(status.fully_labeled_replicas() == status.replicas());
    const auto spec = replica_set();
    for (const auto* key : {set_key, "apps/replicasets/ns/"}) {
      const auto plan = spec.reconcile(world_.view(), key);
      CHECK(plan.empty());
      CHECK(plan == spec.reconcile(world_.view(), key));
    }
    for (const auto& name : world_.names(all_pods))
      check_owner(all_pods + name);
  }

private:
  static bool owned(const codec::document& pod) {
    const auto owners = control::owner_references(pod);
    return owners.size() == 1 && owners.front().uid == "uw"
           && owners.front().controller;
  }

  bool is_active(const std::string& key) const {
    const auto pod = world_.view().get(key);
    const auto phase = core::pod{*pod}.status().phase();
    return owned(*pod) && !control::deleting(*pod) && phase != "Failed";
  }

  /// Who is selected is owned, and no one else.
  void check_owner(const std::string& key) {
    const auto pod = world_.view().get(key);
    const core::pod read{*pod};
    if (read.status().phase() == "Failed" || control::deleting(*pod))
      return;
    CHECK(owned(*pod) == (read.metadata().labels()["app"] == "web"));
  }

  void place(const std::string& name, const std::string& labels,
             const std::string& owner, const std::string& status) {
    world_.place("{apiVersion: v1, kind: Pod, metadata: {namespace: ns, name: "
                 + name + ", uid: u" + name + ", labels: {" + labels
                 + "}, ownerReferences: [" + owner
                 + "]}, spec: {containers: [{name: c, image: i}]}, status: {"
                 + status + "}}");
  }

  /// The pod as it was, with another status. One that ended stays so.
  void rewrite(const std::string& key, const std::string& status) {
    const auto old = world_.view().get(key);
    if (core::pod{*old}.status().phase() == "Failed")
      return;
    api::request request = control::to_request(
        control::update_of(key, with_status(*old, status), "test"), "user");
    request.target.subresource = "status";
    request.resource_version.clear();
    world_.call(std::move(request));
  }

  static codec::document with_status(const codec::document& pod,
                                     const std::string& status) {
    const auto* type = schema::find_type("io.k8s.api.core.v1.Pod");
    auto read = codec::decode_yaml("{status: {" + status + "}}", type);
    auto out = pod.clone();
    constexpr codec::field_id status_id = 3;
    out.set(out.root(), status_id,
            out.clone(*read->doc.root().find(status_id)));
    return out;
  }

  void relabel(const std::string& key) {
    auto changed = world_.view().get(key)->clone();
    if (control::deleting(changed))
      return;
    auto& metadata = changed.object_at(changed.root(), 1);
    auto& labels = changed.map_at(metadata, 11);
    changed.set(labels, "app",
                changed.make_string(random_.chance(50) ? "web" : "other"));
    world_.call(control::to_request(
        control::update_of(key, std::move(changed), "test"), "user"));
  }

  test::controller_world world_;
  prng random_;
  test::controller_runner runner_;
  std::size_t wanted_ = 0;
  std::int64_t generation_ = 0;
  std::size_t strays_ = 0;
};

} // namespace

TEST_CASE("replica set: never has too many, whatever its controller meets") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    busy_namespace world{seed};
    prng random{seed};
    world.want(random.below(30));
    for (int i = 0; i < 200; ++i) {
      if (random.chance(10))
        world.disturb();
      if (random.chance(2))
        world.want(world.wanted() + random.below(10));
      world.step();
      REQUIRE(world.active() <= world.wanted());
    }
    REQUIRE_NOTHROW(world.settle());
    world.check_end();
  }
}

TEST_CASE("replica set: comes to rest with what is wanted") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    busy_namespace world{seed};
    prng random{seed};
    world.want(random.below(30));
    for (int i = 0; i < 200; ++i) {
      if (random.chance(10))
        world.disturb();
      if (random.chance(10))
        world.intrude();
      if (random.chance(5))
        world.want(random.below(30));
      world.step();
    }
    REQUIRE_NOTHROW(world.settle());
    world.check_end();
  }
}
