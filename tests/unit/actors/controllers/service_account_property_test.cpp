#include "actors/controllers/controllers.hpp"
#include "messages/view/core_v1.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

constexpr const char* authority = "PEM";

controllers::controller_spec spec_named(const std::string& name) {
  for (auto& spec : controllers::all_controllers({.root_ca = authority}))
    if (spec.name == name)
      return spec;
  throw std::runtime_error{"no controller " + name};
}

/// Namespaces come, go and lose what the controller gives them, while it meets
/// faults.
class town {
public:
  town(const std::string& controller, std::uint64_t seed)
      : random_(seed), spec_(spec_named(controller)), runner_(world_, spec_) {
    runner_.misbehave(seed);
  }

  void run() {
    for (int i = 0; i < 60; ++i) {
      change();
      for (auto steps = random_.below(8); steps > 0; --steps)
        runner_.step();
    }
    runner_.behave();
    runner_.restart();
    runner_.settle();
  }

  /// Everything is there, right, and nothing more is wanted.
  void check_end(const std::string& plural, const std::string& name) const {
    for (const auto& ns : world_.names("core/namespaces/")) {
      const auto space = "core/namespaces/" + ns;
      const auto given =
          world_.view().get("core/" + plural + "/" + ns + "/" + name);
      CHECK(spec_.reconcile(world_.view(), space).empty());
      if (world_.view().find(space)->columns->deleting)
        continue;
      REQUIRE(given != nullptr);
      if (plural == "configmaps")
        CHECK(view::core_v1::config_map{*given}.data()["ca.crt"] == authority);
    }
  }

private:
  void change() {
    const auto ns = "n" + std::to_string(random_.below(8));
    const auto key = "core/namespaces/" + ns;
    const bool there = world_.view().find(key) != nullptr;
    switch (random_.below(5)) {
      case 0:
        if (!there)
          place(ns, "");
        return;
      case 1:
        if (there)
          place(ns, R"(, deletionTimestamp: "2026-01-01T00:00:00Z")");
        return;
      case 2:
        if (there)
          world_.erase(key);
        return;
      case 3:
        return erase(ns);
      default:
        return spoil(ns);
    }
  }

  void place(const std::string& ns, const std::string& more) {
    world_.place("{apiVersion: v1, kind: Namespace, metadata: {name: " + ns
                 + ", uid: u" + std::to_string(++uids_) + more + "}}");
  }

  void erase(const std::string& ns) {
    for (const auto* key : {"core/serviceaccounts/", "core/configmaps/"})
      for (const auto& name : world_.names(key + ns + "/"))
        world_.erase(key + ns + "/" + name);
  }

  void spoil(const std::string& ns) {
    if (!world_.names("core/configmaps/" + ns + "/").empty())
      world_.place("{apiVersion: v1, kind: ConfigMap, metadata: {name: "
                   "kube-root-ca.crt, namespace: "
                   + ns + ", uid: u" + std::to_string(++uids_)
                   + "}, data: {ca.crt: other}}");
  }

  test::controller_world world_;
  prng random_;
  controllers::controller_spec spec_;
  test::controller_runner runner_;
  int uids_ = 0;
};

} // namespace

TEST_CASE("every namespace has its account, whatever the controller meets") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    town one{"service-account", seed};
    REQUIRE_NOTHROW(one.run());
    one.check_end("serviceaccounts", "default");
  }
}

TEST_CASE("every namespace knows the authority, whatever the controller "
          "meets") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    town one{"root-ca-publisher", seed};
    REQUIRE_NOTHROW(one.run());
    one.check_end("configmaps", "kube-root-ca.crt");
  }
}
