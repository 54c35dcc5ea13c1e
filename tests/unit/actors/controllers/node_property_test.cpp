#include "actors/controllers/controllers.hpp"
#include "actors/controllers/nodes/node_facts.hpp"
#include "actors/controllers/nodes/taints.hpp"
#include "messages/meta/time.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

using namespace troupe;
using namespace std::chrono_literals;
namespace nodes = controllers::nodes;

namespace {

constexpr duration grace = 50s;
constexpr duration quarantine = 40s;

/// The controller of this name, which must plan the same when it looks twice.
controllers::controller_spec controller(const std::string& name) {
  for (auto& spec : controllers::all_controllers())
    if (spec.name == name) {
      spec.reconcile = [inner = spec.reconcile](const auto& view,
                                                const auto& key) {
        auto plan = inner(view, key);
        CHECK(plan == inner(view, key));
        return plan;
      };
      return spec;
    }
  throw std::runtime_error{"no controller " + name};
}

/// Nodes that come, beat, fall silent and go, and pods on them, while the
/// controller meets faults.
class busy_nodes {
public:
  busy_nodes(std::uint64_t seed, const std::string& name)
      : random_(seed), runner_(world_, controller(name)) {
    world_.place("{apiVersion: v1, kind: Namespace, metadata: {name: default, "
                 "uid: d}, status: {phase: Active}}");
    runner_.misbehave(seed);
  }

  void join(const std::string& name, const std::string& taints = "") {
    const auto now = meta::format_time(world_.wall);
    world_.place("{apiVersion: v1, kind: Node, metadata: {name: " + name
                 + ", uid: u" + name + std::to_string(++drawn_)
                 + "}, spec: {taints: [" + taints
                 + "]}, status: {conditions: [{type: Ready, status: \"True\", "
                   "lastHeartbeatTime: \""
                 + now + "\", lastTransitionTime: \"" + now + "\"}]}}");
    heard(name);
    gone_.erase(name);
  }

  void leave(const std::string& name) {
    world_.erase(nodes::node_key(name));
    gone_[name] = world_.mono;
  }

  void beat(const std::string& name) {
    world_.place("{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: "
                 "{namespace: kube-node-lease, name: "
                 + name + ", uid: l" + name + "}, spec: {renewTime: \""
                 + meta::format_micro_time(world_.wall) + "\"}}");
    heard(name);
  }

  void bind(const std::string& pod, const std::string& node,
            const std::string& tolerations = "") {
    world_.place("{apiVersion: v1, kind: Pod, metadata: {namespace: default, "
                 "name: "
                 + pod + ", uid: u" + pod + "}, spec: {nodeName: " + node
                 + ", containers: [{name: c, image: i}], tolerations: ["
                 + tolerations + "]}, status: {phase: Running}}");
  }

  /// So much time, in which these nodes beat every ten seconds.
  void pass(duration span, const std::set<std::string>& alive) {
    const auto end = world_.mono + span;
    while (world_.mono < end) {
      for (const auto& name : alive)
        if (world_.mono - beat_[name] >= 10s)
          beat(name);
      const auto beat_end = std::min(end, world_.mono + 10s);
      while (runner_.step_until(beat_end)) {
      }
    }
  }

  void end_faults() {
    runner_.behave();
    runner_.restart();
  }

  std::string ready(const std::string& name) const {
    const auto node = world_.view().get(nodes::node_key(name));
    return std::string{nodes::ready_status(*node)};
  }

  std::vector<nodes::taint> taints(const std::string& name) const {
    return nodes::taints_of(*world_.view().get(nodes::node_key(name)));
  }

  bool is_deleting(const std::string& pod) const {
    const auto found = world_.view().find("core/pods/default/" + pod);
    return found != nullptr && found->columns->deleting;
  }

  bool is_there(const std::string& pod) const {
    return world_.view().find("core/pods/default/" + pod) != nullptr;
  }

  /// It was silent for the grace period, now or as a late view may show it.
  bool fell_silent(const std::string& name) const {
    constexpr duration view_delay = 30s;
    const auto ended = long_silence_ended_.find(name);
    return world_.mono - beat_.at(name) >= grace
           || (ended != long_silence_ended_.end()
               && world_.mono - ended->second <= view_delay);
  }

  test::controller_world world_;
  prng random_;
  test::controller_runner runner_;
  std::map<std::string, mono_time> beat_;
  std::map<std::string, mono_time> gone_;

private:
  void heard(const std::string& name) {
    const auto now = world_.mono;
    if (const auto at = beat_.find(name);
        at != beat_.end() && now - at->second >= grace)
      long_silence_ended_[name] = now;
    beat_[name] = now;
  }

  std::map<std::string, mono_time> long_silence_ended_;
  int drawn_ = 0;
};

std::string toleration(const std::string& key, const std::string& seconds) {
  return "{operator: Exists, effect: NoExecute, key: " + key
         + (seconds.empty() ? "" : ", tolerationSeconds: " + seconds) + "}";
}

} // namespace

TEST_CASE("node lifecycle: no node is given up that was heard of lately") {
  const std::set<std::string> all{"n1", "n2", "n3", "n4"};
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    busy_nodes world{seed, "node-lifecycle"};
    for (const auto& name : all)
      world.join(name);
    std::size_t given_up = 0;
    world.runner_.before_write = [&](const api::request& request) {
      if (request.target.resource != "nodes"
          || request.target.subresource != "status")
        return;
      const auto& name = request.target.name;
      ++given_up;
      CHECK(world.fell_silent(name));
    };
    for (int i = 0; i < 12; ++i) {
      std::set<std::string> alive;
      for (const auto& name : all)
        if (world.random_.chance(60))
          alive.insert(name);
      world.pass(std::chrono::seconds{world.random_.below(70)}, alive);
    }
    CHECK(given_up > 0);
    world.runner_.before_write = {};
    world.end_faults();
    for (const auto& name : all)
      world.join(name);
    world.pass(120s, all);
    for (const auto& name : all) {
      CHECK(world.ready(name) == "True");
      CHECK(world.taints(name).empty());
    }
    world.runner_.writes.clear();
    world.pass(600s, all);
    CHECK(world.runner_.writes.empty());
  }
}

TEST_CASE("node lifecycle: a node that stays away is tainted, whatever befalls "
          "the controller") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    busy_nodes world{seed, "node-lifecycle"};
    for (const auto* name : {"n1", "n2", "n3"})
      world.join(name);
    world.bind("web", "n1");
    world.pass(30s, {"n1", "n2", "n3"});
    world.pass(200s, {"n2", "n3"});
    world.end_faults();
    world.pass(130s, {"n2", "n3"});
    CHECK(world.ready("n1") == "Unknown");
    CHECK(world.taints("n1").size() == 2);
    CHECK(world.taints("n2").empty());
    world.runner_.writes.clear();
    world.pass(600s, {"n2", "n3"});
    CHECK(world.runner_.writes.empty());
  }
}

TEST_CASE(
    "node lifecycle: while nobody is heard of, nobody's pods are evicted") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    busy_nodes world{seed, "node-lifecycle"};
    const std::set<std::string> all{"n1", "n2", "n3"};
    for (const auto& name : all)
      world.join(name);
    bool evicts = false;
    world.runner_.before_write = [&](const api::request& request) {
      if (request.target.resource == "nodes")
        for (const auto& each : nodes::taints_of(*request.body))
          evicts = evicts || each.effect == "NoExecute";
    };
    for (int i = 0; i < 6; ++i) {
      world.pass(std::chrono::seconds{60 + world.random_.below(60)}, all);
      world.pass(std::chrono::seconds{world.random_.below(300)}, {});
      // They find back one after the other.
      std::set<std::string> back;
      for (const auto& name : all) {
        world.join(name);
        back.insert(name);
        world.pass(std::chrono::seconds{world.random_.below(15)}, back);
      }
    }
    CHECK_FALSE(evicts);
  }
}

TEST_CASE("taint eviction: pods go as they tolerate, once and for all") {
  const std::string key = "dedicated";
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    busy_nodes world{seed, "taint-eviction"};
    world.join("n1");
    world.join("n2");
    world.bind("none", "n1");
    world.bind("short", "n1", toleration(key, "60"));
    world.bind("ever", "n1", toleration(key, ""));
    world.bind("other", "n2");
    world.pass(30s, {});
    CHECK(world.runner_.writes.empty());
    const auto tainted_at = world.world_.mono;
    world.join("n1", "{key: dedicated, effect: NoExecute}");
    world.runner_.before_write = [&](const api::request& request) {
      CHECK((request.target.name == "none" || request.target.name == "short"));
      if (request.target.name == "short")
        CHECK(world.world_.mono - tainted_at >= 60s);
    };
    world.pass(std::chrono::seconds{world.random_.below(200)}, {});
    world.end_faults();
    world.pass(100s, {});
    CHECK(world.is_deleting("none"));
    CHECK(world.is_deleting("short"));
    CHECK_FALSE(world.is_deleting("ever"));
    CHECK_FALSE(world.is_deleting("other"));
    world.runner_.writes.clear();
    world.pass(600s, {});
    CHECK(world.runner_.writes.empty());
  }
}

TEST_CASE("pod gc: pods of nodes that are gone go, and no others") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    busy_nodes world{seed, "pod-gc"};
    for (int i = 0; i < 6; ++i) {
      world.join("n" + std::to_string(i));
      world.bind("p" + std::to_string(i), "n" + std::to_string(i));
    }
    world.runner_.before_write = [&](const api::request& request) {
      const auto node = "n" + request.target.name.substr(1);
      REQUIRE(world.gone_.contains(node));
      CHECK(world.world_.mono - world.gone_[node] >= quarantine);
    };
    for (int i = 0; i < 30; ++i) {
      const auto name = "n" + std::to_string(world.random_.below(5));
      if (world.gone_.contains(name))
        world.join(name);
      else
        world.leave(name);
      world.pass(std::chrono::seconds{world.random_.below(15)}, {});
    }
    world.end_faults();
    world.pass(100s, {});
    for (int i = 0; i < 6; ++i)
      if (world.gone_.contains("n" + std::to_string(i)))
        CHECK_FALSE(world.is_there("p" + std::to_string(i)));
    CHECK(world.is_there("p5"));
    world.runner_.writes.clear();
    world.pass(600s, {});
    CHECK(world.runner_.writes.empty());
  }
}
