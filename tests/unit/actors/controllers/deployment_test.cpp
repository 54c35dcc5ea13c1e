#include "actors/controllers/deployment/deployment.hpp"
#include "actors/controllers/deployment/rollout.hpp"
#include "actors/controllers/deployment/target.hpp"
#include "actors/controllers/deployment/template.hpp"
#include "messages/schema/ids/apps_v1.hpp"
#include "messages/view/apps_v1.hpp"
#include "tests/unit/actors/controllers/rollout_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::controllers::deployments;

namespace {

namespace apps = view::apps_v1;
namespace ids = schema::ids;

std::string deployment(std::int64_t replicas, const std::string& image,
                       const std::string& more = "") {
  return "{metadata: {namespace: shop, name: web}, spec: {replicas: "
         + std::to_string(replicas) + ", " + more
         + "selector: {matchLabels: {app: web}}, template: {metadata: {labels: "
           "{app: web}}, spec: {containers: [{name: c, image: '"
         + image + "'}]}}}}";
}

/// A Deployment that users and time treat badly. Its ReplicaSets have the pods
/// they should have, sooner or later, and the pods get ready, or not.
class fleet {
public:
  explicit fleet(std::uint64_t seed) : random_(seed) {
    on_.runner.misbehave(seed);
    recreate_ = random_.chance(25);
    REQUIRE(on_.apply(wish()) == "ok");
  }

  void run() {
    for (int i = 0; i < 40; ++i) {
      if (random_.chance(20))
        REQUIRE(on_.apply(wish()) == "ok");
      if (random_.chance(10))
        pause(random_.chance(50));
      if (random_.chance(70))
        move_pods();
      for (auto steps = random_.below(12); steps > 0; --steps)
        if (!on_.runner.step_until(on_.world.mono + std::chrono::seconds{1}))
          break;
    }
    pause(false);
    on_.runner.behave();
    on_.runner.restart();
    for (int i = 0; i < 60; ++i) {
      while (on_.runner.step_until(on_.world.mono)) {
      }
      if (!all_ready())
        break;
    }
  }

  void check_end() const {
    const auto object = on_.world.view().get(on_.web);
    const apps::deployment web{*object};
    const auto replicas = web.spec().replicas();
    CHECK(web.status().updated_replicas() == replicas);
    CHECK(web.status().available_replicas() == replicas);
    CHECK(web.status().observed_generation() == web.metadata().generation());
    for (const auto& name : on_.sets())
      CHECK(on_.size_of(name) == (name == on_.newest() ? replicas : 0));
    const auto plan = reconcile(on_.world.view(), on_.web);
    CHECK(plan.empty());
    CHECK(plan == reconcile(on_.world.view(), on_.web));
  }

private:
  std::string wish() {
    return deployment(static_cast<std::int64_t>(random_.below(8)),
                      "nginx:" + std::to_string(random_.below(4)),
                      recreate_ ? "strategy: {type: Recreate}, "
                                : "strategy: {rollingUpdate: {maxSurge: 2, "
                                  "maxUnavailable: 1}}, ");
  }

  void pause(bool paused) {
    REQUIRE(on_.change(on_.web, [&](codec::document& object) {
      auto& spec = object.object_at(object.root(), ids::deployment::spec);
      if (paused)
        object.set(spec, ids::deployment_spec::paused,
                   object.make_boolean(true));
      else
        object.erase(spec, ids::deployment_spec::paused);
    }) == "ok");
  }

  void move_pods() {
    for (const auto& name : on_.sets())
      if (random_.chance(60))
        on_.report(name,
                   static_cast<std::int64_t>(random_.below(
                       static_cast<std::uint64_t>(on_.size_of(name)) + 1)));
  }

  /// Makes every pod ready; false when all are.
  bool all_ready() {
    bool news = false;
    for (const auto& name : on_.sets()) {
      const auto object = on_.world.view().get(on_.prefix + name);
      const apps::replica_set set{*object};
      const auto size = set.spec().replicas();
      if (set.status().replicas() == size
          && set.status().available_replicas() == size
          && set.status().has_terminating_replicas())
        continue;
      on_.report(name, size);
      news = true;
    }
    return news;
  }

  test::rollout_world on_;
  prng random_;
  bool recreate_ = false;
};

} // namespace

TEST_CASE("deployment: bounds are numbers or shares, and never both nothing") {
  struct row {
    const char* surge;
    const char* unavailable;
    std::int64_t replicas;
    rolling_bounds want;
  };

  const row rows[] = {
      {"25%", "25%", 3, {1, 0}},  {"25%", "25%", 4, {1, 1}},
      {"25%", "25%", 10, {3, 2}}, {"25%", "25%", 1, {1, 0}},
      {"25%", "25%", 0, {0, 0}},  {"50%", "50%", 3, {2, 1}},
      {"0%", "1%", 3, {0, 1}},    {"2", "1", 5, {2, 1}},
      {"0", "1", 5, {0, 1}},      {"0", "9", 5, {0, 5}},
      {"100%", "0", 7, {7, 0}},   {"0", "100%", 7, {0, 7}},
      {"200%", "0", 3, {6, 0}},
  };
  codec::document doc;
  const auto read = [&](std::string_view text) {
    return view::int_or_string{text.ends_with('%')
                                   ? doc.make_string(text)
                                   : doc.make_integer(text.front() - '0')};
  };
  for (const auto& r : rows) {
    INFO(r.surge << " " << r.unavailable << " " << r.replicas);
    CHECK(resolve_bounds(read(r.surge), read(r.unavailable), r.replicas)
          == r.want);
  }
}

TEST_CASE("deployment: another template has another name, a collision, too") {
  test::rollout_world on;
  REQUIRE(on.apply(deployment(1, "nginx:1")) == "ok");
  const auto first = on.world.view().get(on.web);
  const auto* pods = apps::deployment{*first}.spec().template_().raw();
  CHECK(template_hash(*pods, 0) == template_hash(*pods, 0));
  CHECK(template_hash(*pods, 0) != template_hash(*pods, 1));
  CHECK(template_hash(*pods, 1) != template_hash(*pods, 2));
  REQUIRE(on.apply(deployment(1, "nginx:2")) == "ok");
  const auto second = on.world.view().get(on.web);
  const auto* others = apps::deployment{*second}.spec().template_().raw();
  CHECK(template_hash(*pods, 0) != template_hash(*others, 0));
  CHECK(template_pattern{pods}.matches(pods));
  CHECK_FALSE(template_pattern{pods}.matches(others));
  CHECK(template_pattern{nullptr}.matches(nullptr));
  CHECK_FALSE(template_pattern{pods}.matches(nullptr));
}

TEST_CASE("deployment: sets change in proportion when the size does") {
  struct row {
    const char* name;
    std::int64_t from, to, surge;
    std::int64_t newest;
    std::vector<std::int64_t> old; ///< the oldest first
    std::int64_t newest_want;
    std::vector<std::int64_t> old_want;
  };

  const row rows[] = {
      {"only one set", 10, 12, 0, 10, {}, 12, {}},
      {"only one has pods", 10, 4, 0, 10, {0, 0}, 4, {0, 0}},
      {"only an old one has pods", 10, 4, 0, 0, {10}, 0, {4}},
      {"nobody has pods", 0, 4, 0, 0, {0, 0}, 4, {0, 0}},
      {"up", 5, 10, 0, 2, {3}, 4, {6}},
      {"down", 5, 3, 0, 2, {3}, 1, {2}},
      {"down by half", 9, 4, 0, 5, {4}, 2, {2}},
      {"up, three", 7, 10, 0, 2, {3, 2}, 3, {4, 3}},
      {"down, three", 13, 8, 0, 2, {8, 3}, 1, {5, 2}},
      {"what is left over goes to the newest", 3, 4, 0, 1, {1, 1}, 2, {1, 1}},
      {"to nothing", 10, 0, 0, 3, {3, 4}, 0, {0, 0}},
      {"room to surge counts", 10, 15, 3, 5, {8}, 7, {11}},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    target wanted{"", nullptr, apps::deployment{nullptr}};
    wanted.replicas = r.to;
    wanted.surge_max = r.surge;
    const auto make = [&](std::int64_t size, const std::string& created) {
      replica_set out{"", nullptr, apps::replica_set{nullptr}};
      out.name = out.created = created;
      out.replicas = size;
      out.annotations.emplace(annotation::desired_replicas,
                              std::to_string(r.from));
      out.annotations.emplace(annotation::max_replicas,
                              std::to_string(r.from + r.surge));
      return out;
    };
    std::vector<replica_set> old;
    for (const auto size : r.old)
      old.push_back(make(size, std::to_string(old.size())));
    auto newest = make(r.newest, "9");
    replica_sets sets;
    for (auto& each : old)
      sets.old.push_back(&each);
    sets.newest = &newest;
    scale(wanted, sets);
    CHECK(newest.replicas == r.newest_want);
    std::vector<std::int64_t> got;
    for (const auto& each : old)
      got.push_back(each.replicas);
    CHECK(got == r.old_want);
    CHECK_FALSE(was_scaled(wanted, sets));
  }
}

TEST_CASE("deployment: what rests on an absence asks a fresh view first") {
  test::rollout_world on;
  REQUIRE(on.apply(deployment(1, "nginx:1")) == "ok");
  on.world.place(
      "{apiVersion: apps/v1, kind: ReplicaSet, metadata: {namespace: shop, "
      "name: stray, uid: stray, labels: {app: web}}, spec: {replicas: 1, "
      "selector: {matchLabels: {app: web}}, template: {metadata: {labels: "
      "{app: web}}, spec: {containers: [{name: c, image: i}]}}}}");
  const auto adopts = [&](const object_key& key) {
    const auto plan = reconcile(on.world.view(), key);
    return plan.actions.size() == 1
           && plan.actions[0].target == std::string{on.prefix} + "stray"
           && plan.needs_confirmation();
  };
  CHECK(adopts(on.web));
  CHECK(adopts(deployments_of("shop")));
  on.world.erase(std::string{on.prefix} + "stray");
  CHECK_FALSE(reconcile(on.world.view(), on.web).needs_confirmation());
  REQUIRE(on.apply(deployment(1, "nginx:1", "strategy: {type: Recreate}, "))
          == "ok");
  CHECK(reconcile(on.world.view(), on.web).needs_confirmation());
}

TEST_CASE("deployment: in a namespace that ends nothing is made") {
  test::rollout_world on;
  REQUIRE(on.apply(deployment(1, "nginx:1")) == "ok");
  on.world.place(
      "{apiVersion: v1, kind: Namespace, metadata: {name: shop, uid: "
      "ns, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: "
      "[a/b]}, status: {phase: Terminating}}");
  while (on.runner.step_until(on.world.mono)) {
  }
  CHECK(on.sets().empty());
  CHECK(on.runner.events.empty());
}

TEST_CASE("deployment: a long name leaves room for the hash") {
  test::rollout_world on;
  const std::string name(250, 'a');
  on.world.place(
      "{apiVersion: apps/v1, kind: Deployment, metadata: {namespace: shop, "
      "name: "
      + name
      + ", uid: u}, spec: {replicas: 1, selector: {matchLabels: {app: web}}, "
        "template: {metadata: {labels: {app: web}}, spec: {containers: "
        "[{name: c, image: i}]}}}}");
  while (on.runner.step_until(on.world.mono)) {
  }
  REQUIRE(on.sets().size() == 1);
  CHECK(on.sets()[0].size() == 253);
}

TEST_CASE("deployment: it converges whatever happens, and then is quiet") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    fleet world{seed};
    REQUIRE_NOTHROW(world.run());
    world.check_end();
  }
}

TEST_CASE("deployment: a rolling update keeps to its bounds") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    prng random{seed};
    test::rollout_world on;
    const auto bounds = "strategy: {rollingUpdate: {maxSurge: "
                        + std::to_string(random.below(3)) + ", maxUnavailable: "
                        + std::to_string(1 + random.below(3)) + "}}, ";
    const auto settle = [&] {
      while (on.runner.step_until(on.world.mono)) {
      }
    };
    REQUIRE(on.apply(deployment(6, "nginx:0", bounds)) == "ok");
    settle();
    for (const auto& name : on.sets())
      on.report(name, on.size_of(name));
    settle();
    REQUIRE(on.apply(deployment(6, "nginx:1", bounds)) == "ok");
    const auto limits = read_target(on.world.view(), on.web).value();
    bool done = false;
    std::int64_t ready_new = 0;
    for (int i = 0; i < 100 && !done; ++i) {
      settle();
      std::int64_t pods = 0;
      std::int64_t ready = 0;
      for (const auto& name : on.sets()) {
        const auto object = on.world.view().get(on.prefix + name);
        const apps::replica_set set{*object};
        pods += set.spec().replicas();
        ready +=
            std::min(set.spec().replicas(), set.status().available_replicas());
      }
      CHECK(pods <= limits.pods_max());
      CHECK(ready >= limits.replicas - limits.unavailable_max);
      done = on.size_of(on.newest()) == 6 && pods == 6;
      for (const auto& name : on.sets()) {
        const auto size = on.size_of(name);
        // Pods that are ready stay so.
        if (name != on.newest())
          on.report(name, size);
        else if (ready_new < size && random.chance(60))
          on.report(name, ++ready_new);
        else
          on.report(name, ready_new);
      }
    }
    CHECK(done);
  }
}
