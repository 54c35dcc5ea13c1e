#include "actors/controllers/controllers.hpp"
#include "messages/view/core_v1.hpp"
#include "messages/view/discovery_v1.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

using namespace troupe;

namespace {

controllers::controller_spec spec_of(const std::string& name) {
  for (auto& spec : controllers::all_controllers())
    if (spec.name == name)
      return spec;
  throw std::runtime_error{"no controller " + name};
}

/// Pods that come, change and go behind two Services, while both controllers
/// meet stale views, lost writes and their own deaths.
class crowd {
public:
  explicit crowd(std::uint64_t seed)
      : random_(seed), slices_(world_, spec_of("endpointslice")),
        endpoints_(world_, spec_of("endpoints")) {
    world_.place("{apiVersion: v1, kind: Namespace, metadata: {name: ns}}");
    for (const std::string app : {"a", "b"})
      world_.place(
          "{apiVersion: v1, kind: Service, metadata: {namespace: ns, name: s-"
          + app + ", uid: u-" + app
          + "}, spec: {clusterIP: 10.96.1.1, ipFamilies: [IPv4], selector: "
            "{app: "
          + app + "}, ports: [{port: 80, targetPort: 80, protocol: TCP}]}}");
    slices_.misbehave(seed);
    endpoints_.misbehave(seed + 1000);
  }

  void run() {
    for (int i = 0; i < 400; ++i) {
      if (random_.chance(40))
        change();
      slices_.step();
      endpoints_.step();
    }
    for (auto* one : {&slices_, &endpoints_}) {
      one->settle();
      one->behave();
      one->restart();
      one->settle();
      one->writes.clear();
      one->restart();
      one->settle();
      CHECK(one->writes.empty());
    }
    check();
  }

private:
  struct pod {
    std::string app;
    bool ready = false;
    bool addressed = false;
    bool on_node = false;
  };

  void change() {
    const auto name = "p" + std::to_string(random_.below(12));
    if (random_.chance(20)) {
      world_.erase("core/pods/ns/" + name);
      pods_.erase(name);
      return;
    }
    if (random_.chance(5)) {
      node_ = !node_;
      if (node_)
        world_.place("{apiVersion: v1, kind: Node, metadata: {name: n1}}");
      else
        world_.erase("core/nodes/n1");
    }
    pod made{random_.chance(50) ? "a" : "b", random_.chance(60),
             random_.chance(80), true};
    const auto ip = "10.244.0." + name.substr(1);
    world_.place(
        "{apiVersion: v1, kind: Pod, metadata: {namespace: ns, name: " + name
        + ", uid: u" + name + ", labels: {app: " + made.app
        + "}}, spec: {nodeName: n1}, status: {"
        + (made.addressed ? "podIP: " + ip + ", podIPs: [{ip: " + ip + "}], "
                          : "")
        + "conditions: [{type: Ready, status: \""
        + (made.ready ? "True" : "False") + "\"}]}}");
    pods_[name] = made;
  }

  std::map<std::string, bool> expected(const std::string& app) const {
    std::map<std::string, bool> out;
    for (const auto& [name, one] : pods_)
      if (one.app == app && one.addressed)
        out[name] = one.ready;
    return out;
  }

  std::map<std::string, bool> in_slices(const std::string& app) const {
    std::map<std::string, bool> out;
    const auto view = world_.view();
    view.each("discovery.k8s.io/endpointslices/ns/", [&](const auto& key,
                                                         const auto&) {
      const auto object = view.get(key);
      const view::discovery_v1::endpoint_slice slice{*object};
      if (slice.metadata().labels()["kubernetes.io/service-name"] != "s-" + app)
        return true;
      ++slices_seen_[app];
      for (auto one : slice.endpoints())
        CHECK(out.emplace(one.target_ref().name(), one.conditions().ready())
                  .second);
      return true;
    });
    return out;
  }

  std::map<std::string, bool> in_endpoints(const std::string& app) const {
    std::map<std::string, bool> out;
    const auto object = world_.view().get("core/endpoints/ns/s-" + app);
    REQUIRE(object);
    for (auto subset : view::core_v1::endpoints{*object}.subsets()) {
      for (auto one : subset.addresses())
        out.emplace(one.target_ref().name(), true);
      for (auto one : subset.not_ready_addresses())
        out.emplace(one.target_ref().name(), false);
    }
    return out;
  }

  void check() const {
    for (const std::string app : {"a", "b"}) {
      const auto want = expected(app);
      CHECK(in_endpoints(app) == want);
      // Without their node pods are in no slice.
      CHECK(in_slices(app) == (node_ ? want : decltype(want){}));
      CHECK(slices_seen_[app] == 1);
    }
  }

  test::controller_world world_;
  prng random_;
  test::controller_runner slices_;
  test::controller_runner endpoints_;
  std::map<std::string, pod> pods_;
  mutable std::map<std::string, int> slices_seen_;
  bool node_ = false;
};

} // namespace

TEST_CASE("endpoints and slices: all that is there, once it is quiet") {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    CAPTURE(seed);
    crowd one{seed};
    REQUIRE_NOTHROW(one.run());
  }
}
