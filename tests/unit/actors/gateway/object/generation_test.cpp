#include "actors/gateway/object/metadata.hpp"
#include "tests/unit/actors/gateway/object/object_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;

namespace {

std::int64_t generation_of(const object_answer& answer) {
  REQUIRE(answer.object != nullptr);
  const auto* value = codec::find(answer.object->root(),
                                  {metadata_id, object_meta::generation});
  return value == nullptr ? 0 : value->integer();
}

/// ConfigMaps, were their changes counted.
struct fixture {
  fixture() {
    world.create(world.call("namespaces", ""), R"({"metadata":{"name":"ns"}})");
    counted.has_generation = true;
  }

  object_call call(const std::string& name) {
    auto out = world.call("configmaps", "ns", name);
    out.resource = &counted;
    return out;
  }

  object_answer merge(const std::string& patch) {
    return world.patch(call("a"), patch_kind::merge, patch);
  }

  test::object_world world;
  schema::resource_desc counted = *world.call("configmaps", "ns").resource;
};

} // namespace

TEST_CASE("the generation counts changes of what is wanted") {
  fixture f;
  const auto made =
      f.world.create(f.call(""), R"({"metadata":{"name":"a","generation":7,
                      "finalizers":["x.io/a"]},"data":{"k":"1"}})");
  CHECK(generation_of(made) == 1);
  CHECK(generation_of(f.merge(R"({"metadata":{"labels":{"l":"1"}}})")) == 1);
  CHECK(generation_of(f.merge(R"({"data":{"k":"2"}})")) == 2);
  CHECK(generation_of(f.merge(R"({"metadata":{"generation":9}})")) == 2);
}

TEST_CASE("being marked for deletion is a change, once") {
  fixture f;
  f.world.create(f.call(""),
                 R"({"metadata":{"name":"a","finalizers":["x.io/a"]}})");
  CHECK(generation_of(f.world.remove(f.call("a"))) == 2);
  CHECK(generation_of(f.world.remove(f.call("a"))) == 2);
}
