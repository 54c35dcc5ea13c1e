#include "actors/controllers/controllers.hpp"
#include "messages/view/core_v1.hpp"
#include "messages/view/discovery_v1.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace troupe;

namespace {

controllers::controller_spec spec_of(const std::string& name) {
  for (auto& spec : controllers::all_controllers())
    if (spec.name == name)
      return spec;
  throw std::runtime_error{"no controller " + name};
}

/// Hand-made Endpoints and their Services come, change and go while the
/// controller meets stale views, lost writes and its own death.
class hands {
public:
  explicit hands(std::uint64_t seed)
      : random_(seed), mirroring_(world_, spec_of("endpointslice-mirroring")) {
    world_.place("{apiVersion: v1, kind: Namespace, metadata: {name: ns}}");
    mirroring_.misbehave(seed);
  }

  void run() {
    for (int i = 0; i < 300; ++i) {
      if (random_.chance(30))
        change("s" + std::to_string(random_.below(3)));
      mirroring_.step();
    }
    mirroring_.settle();
    mirroring_.behave();
    mirroring_.restart();
    mirroring_.settle();
    mirroring_.writes.clear();
    mirroring_.restart();
    mirroring_.settle();
    CHECK(mirroring_.writes.empty());
    for (const std::string name : {"s0", "s1", "s2"})
      CHECK(in_slices(name) == expected(name));
  }

private:
  using lines = std::multiset<std::string>;

  void change(const std::string& name) {
    switch (random_.below(5)) {
      case 0:
        return world_.erase("core/services/ns/" + name);
      case 1:
        return world_.erase("core/endpoints/ns/" + name);
      case 2:
        return place_service(name);
      default:
        return place_endpoints(name);
    }
  }

  void place_service(const std::string& name) {
    world_.place(
        "{apiVersion: v1, kind: Service, metadata: {namespace: ns, name: "
        + name + ", uid: u-" + name + "}, spec: {clusterIP: 10.96.1.1"
        + (random_.chance(25) ? ", selector: {app: a}" : "")
        + ", ports: [{port: 80, targetPort: 80, protocol: TCP}]}}");
  }

  void place_endpoints(const std::string& name) {
    std::string subsets;
    for (auto count = random_.below(3); count > 0; --count)
      subsets += subset() + ", ";
    world_.place("{apiVersion: v1, kind: Endpoints, metadata: {namespace: ns, "
                 "name: "
                 + name + ", uid: e-" + name + std::to_string(random_.below(2))
                 + (random_.chance(15)
                        ? R"(, labels: {endpointslice.kubernetes.io/)"
                          R"(skip-mirror: "true"})"
                        : "")
                 + "}, subsets: [" + subsets + "]}");
  }

  std::string subset() {
    std::string ready;
    std::string unready;
    for (auto count = random_.below(5); count > 0; --count) {
      const auto last = std::to_string(++drawn_ % 250 + 1);
      const auto ip =
          random_.chance(30) ? "\"2001:db8::" + last + "\"" : "192.0.2." + last;
      (random_.chance(70) ? ready : unready) += "{ip: " + ip + "}, ";
    }
    return "{addresses: [" + ready + "], notReadyAddresses: [" + unready
           + "], ports: [{port: " + std::to_string(80 + random_.below(2))
           + ", protocol: TCP}]}";
  }

  /// "192.0.2.1 80 ready", for each address.
  lines expected(const std::string& name) const {
    const auto view = world_.view();
    const auto service = view.get("core/services/ns/" + name);
    const auto object = view.get("core/endpoints/ns/" + name);
    if (service == nullptr || object == nullptr
        || !view::core_v1::service{*service}.spec().selector().empty())
      return {};
    const view::core_v1::endpoints given{*object};
    if (!given.metadata().labels().empty())
      return {};
    lines out;
    for (auto one : given.subsets()) {
      const auto port = " " + std::to_string(one.ports()[0].port()) + " ";
      for (auto address : one.addresses())
        out.insert(std::string{address.ip()} + port + "ready");
      for (auto address : one.not_ready_addresses())
        out.insert(std::string{address.ip()} + port + "not");
    }
    return out;
  }

  lines in_slices(const std::string& name) const {
    lines out;
    std::set<std::string> places;
    const auto view = world_.view();
    view.each("discovery.k8s.io/endpointslices/ns/", [&](const auto& key,
                                                         const auto&) {
      const auto object = view.get(key);
      const view::discovery_v1::endpoint_slice slice{*object};
      if (slice.metadata().labels()["kubernetes.io/service-name"] != name)
        return true;
      const auto port = " " + std::to_string(slice.ports()[0].port()) + " ";
      // One slice for each family and set of ports.
      CHECK(places.insert(std::string{slice.address_type()} + port).second);
      for (auto one : slice.endpoints())
        out.insert(std::string{one.addresses()[0]} + port
                   + (one.conditions().ready() ? "ready" : "not"));
      return true;
    });
    return out;
  }

  test::controller_world world_;
  prng random_;
  test::controller_runner mirroring_;
  unsigned drawn_ = 0;
};

} // namespace

TEST_CASE("slices mirror what somebody keeps, once it is quiet") {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    CAPTURE(seed);
    hands one{seed};
    REQUIRE_NOTHROW(one.run());
  }
}
