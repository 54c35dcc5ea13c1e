#include "tests/unit/actors/gateway/object/object_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;

namespace {

struct fixture {
  fixture() {
    world.create(world.call("namespaces", ""), R"({"metadata":{"name":"ns"}})");
    for (const auto& name : {"a", "b", "c"})
      world.create(world.call("configmaps", "ns"),
                   std::string{R"({"metadata":{"name":")"} + name + R"("}})");
  }

  object_answer remove(std::vector<std::string> names) {
    std::optional<object_answer> heard;
    // On the thread, and so the stack, of the store's answers.
    auto ports = world.ports();
    ports.resume = nullptr;
    object_writer{ports}.remove_collection(
        world.call("configmaps", "ns"), {}, std::move(names),
        [&](auto answer) { heard = std::move(answer); });
    return heard.value();
  }

  std::size_t left() { return world.inner.current()->size() - 1; }

  test::object_world world;
};

} // namespace

TEST_CASE("a collection goes one by one, without what is gone already") {
  fixture f;
  CHECK(f.remove({"a", "gone", "c"}).status.success);
  CHECK(f.left() == 1);
}

TEST_CASE("an empty collection is removed at once") {
  fixture f;
  CHECK(f.remove({}).status.success);
  CHECK(f.left() == 3);
}

TEST_CASE("the first failure ends it and is heard") {
  fixture f;
  f.world.store.fates = {test::fate::pass, test::fate::overloaded};
  CHECK(f.remove({"a", "b", "c"}).status.code == 429);
  CHECK(f.left() == 2);
}

TEST_CASE("a long collection does not nest its answers") {
  fixture f;
  CHECK(f.remove(std::vector<std::string>(20'000, "gone")).status.success);
}
