#include "actors/controllers/controllers.hpp"
#include "actors/controllers/namespace/namespace.hpp"
#include "runtime/control/object_meta.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

controllers::controller_spec terminator() {
  for (auto& spec : controllers::all_controllers())
    if (spec.name == "namespace")
      return spec;
  throw std::runtime_error{"no namespace controller"};
}

constexpr auto dying = "core/namespaces/dying";

/// Two namespaces with the same contents, of which one is deleted while the
/// controller meets faults.
class two_namespaces {
public:
  explicit two_namespaces(std::uint64_t seed)
      : random_(seed), runner_(world_, terminator()) {
    for (const auto* ns : {"dying", "living"}) {
      world_.place(std::string{"{apiVersion: v1, kind: Namespace, metadata: "
                               "{name: "}
                   + ns + ", uid: " + ns
                   + "}, spec: {finalizers: [kubernetes]}, status: {phase: "
                     "Active}}");
      const auto count = random_.below(100);
      for (std::uint64_t i = 0; i < count; ++i)
        place(ns, std::to_string(i), random_.chance(20));
    }
    kept_ = world_.names("core/configmaps/living/");
    runner_.misbehave(seed);
  }

  void run() {
    for (int i = 0; i < 5; ++i)
      runner_.step();
    world_.remove(dying, "");
    runner_.settle();
    CHECK(held() == (world_.store.current()->get(dying) != nullptr));
    free_all();
    runner_.settle();
    runner_.behave();
    runner_.restart();
    runner_.settle();
  }

  void check_end() {
    CHECK(world_.names("core/configmaps/dying/").empty());
    CHECK(world_.store.current()->get(dying) == nullptr);
    CHECK(world_.names("core/configmaps/living/") == kept_);
    CHECK(controllers::namespaces::reconcile(world_.view(),
                                             "core/namespaces/living")
              .empty());
  }

private:
  void place(const std::string& ns, const std::string& name, bool held) {
    world_.place("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: " + ns
                 + ", name: c" + name + ", uid: " + ns + name
                 + ", finalizers: [" + (held ? "example.com/hold" : "")
                 + "]}}");
  }

  bool held() { return !world_.names("core/configmaps/dying/").empty(); }

  void free_all() {
    for (const auto& name : world_.names("core/configmaps/dying/")) {
      const auto key = "core/configmaps/dying/" + name;
      auto changed = world_.view().get(key)->clone();
      control::erase_finalizer(changed, "example.com/hold");
      world_.act(control::update_of(key, std::move(changed), "test"));
    }
  }

  test::controller_world world_;
  prng random_;
  test::controller_runner runner_;
  std::vector<std::string> kept_;
};

} // namespace

TEST_CASE("namespace: empties and goes whatever the controller meets") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    two_namespaces world{seed};
    REQUIRE_NOTHROW(world.run());
    world.check_end();
  }
}
