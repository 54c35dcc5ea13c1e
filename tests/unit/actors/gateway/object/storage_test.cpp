#include "actors/gateway/object/storage.hpp"
#include "tests/unit/actors/gateway/object/object_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;

namespace {

struct fixture {
  test::object_world world;
  object_call maps = world.call("configmaps", "ns", "a");
  object_call spaces = world.call("namespaces", "", "x");
};

} // namespace

TEST_CASE("keys put a resource and a namespace under one prefix") {
  fixture f;
  CHECK(resource_prefix(*f.maps.resource) == "core/configmaps/");
  CHECK(list_prefix(*f.maps.resource, "") == "core/configmaps/");
  CHECK(list_prefix(*f.maps.resource, "ns") == "core/configmaps/ns/");
  CHECK(object_key(*f.maps.resource, "ns", "a") == "core/configmaps/ns/a");
  CHECK(object_key(*f.spaces.resource, "", "x") == "core/namespaces/x");
}

TEST_CASE("columns hold what selectors and the collector ask") {
  fixture f;
  const auto object = f.world.body(f.maps, R"({"metadata":{
    "name":"a","namespace":"ns","uid":"u1","labels":{"b":"2","a":"1"},
    "deletionTimestamp":"2026-01-01T00:00:00Z",
    "ownerReferences":[
      {"apiVersion":"v1","kind":"K","name":"n","uid":"o2"},
      {"apiVersion":"v1","kind":"K","name":"m","uid":"o1"},
      {"apiVersion":"v1","kind":"K","name":"n","uid":"o2"}]}})");
  const auto columns = columns_of(object, *f.maps.resource);
  CHECK(columns.uid == "u1");
  CHECK(columns.labels == std::vector<store::column>{{"a", "1"}, {"b", "2"}});
  CHECK(columns.fields
        == std::vector<store::column>{{"metadata.name", "a"},
                                      {"metadata.namespace", "ns"}});
  CHECK(columns.owner_uids == std::vector<std::string>{"o1", "o2"});
  CHECK(columns.deleting);

  const auto space = f.world.body(
      f.spaces, R"({"metadata":{"name":"x"},"status":{"phase":"Active"}})");
  CHECK(columns_of(space, *f.spaces.resource).fields
        == std::vector<store::column>{{"metadata.name", "x"},
                                      {"status.phase", "Active"}});
  CHECK_FALSE(columns_of(space, *f.spaces.resource).deleting);
}

TEST_CASE("a selectable field that is not true is false") {
  fixture f;
  auto nodes = f.world.call("nodes", "", "n");
  const auto field = [&](const std::string& spec) {
    const auto object =
        f.world.body(nodes, R"({"metadata":{"name":"n"},"spec":)" + spec + "}");
    for (const auto& column : columns_of(object, *nodes.resource).fields)
      if (column.name == "spec.unschedulable")
        return column.value;
    return std::string{"absent"};
  };
  CHECK(field("{}") == "false");
  CHECK(field(R"({"unschedulable":false})") == "false");
  CHECK(field(R"({"unschedulable":true})") == "true");
}

TEST_CASE("a value holds no resourceVersion and reads back with the revision") {
  fixture f;
  const auto with = f.world.body(
      f.maps, R"({"metadata":{"name":"a","resourceVersion":"7"}})");
  const auto without = f.world.body(f.maps, R"({"metadata":{"name":"a"}})");
  CHECK(encode_value(with) == encode_value(without));

  store::version version;
  version.modified = store::revision{9};
  version.value = make_shared_bytes(encode_value(with));
  const auto read = decode_version(version, *f.maps.resource);
  REQUIRE(read);
  CHECK(codec::equal(read.value().root(), without.root()));
}

TEST_CASE("a value nobody wrote is an error") {
  fixture f;
  store::version version;
  version.value = make_shared_bytes("no msgpack");
  const auto read = decode_version(version, *f.maps.resource);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == errc::corrupt);
}

TEST_CASE("an unreadable stored object fails its writes and nothing else") {
  fixture f;
  store::proposal damage;
  damage.deadline = f.world.wall + std::chrono::seconds{1};
  damage.ops.push_back(
      store::put{"core/configmaps/ns/a", make_shared_bytes("no msgpack"), {}});
  f.world.inner.propose_now(std::move(damage));
  for (const auto& answer :
       {f.world.update(f.maps, R"({"metadata":{"name":"a"}})"),
        f.world.patch(f.maps, patch_kind::merge, "{}"),
        f.world.remove(f.maps)}) {
    CHECK(answer.status.code == 500);
    CHECK(answer.status.reason == "InternalError");
  }
}
