#include "messages/codec/json.hpp"
#include "messages/codec/msgpack.hpp"
#include "runtime/control/object_codec.hpp"
#include "runtime/control/object_meta.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::control;

namespace {

codec::document config_map(std::string_view json) {
  auto read = codec::decode_json(json, stored_resource("", "configmaps")->type);
  REQUIRE(read.has_value());
  return std::move(read->doc);
}

} // namespace

TEST_CASE("object keys: taken apart and put together") {
  const auto namespaced = parse_key("core/configmaps/ns/web");
  REQUIRE(namespaced);
  CHECK(namespaced->group.empty());
  CHECK(namespaced->plural == "configmaps");
  CHECK(namespaced->ns == "ns");
  CHECK(namespaced->name == "web");
  const auto cluster = parse_key("apps.example.com/things/one");
  REQUIRE(cluster);
  CHECK(cluster->group == "apps.example.com");
  CHECK(cluster->ns.empty());
  CHECK(make_key("", "configmaps", "ns", "web") == "core/configmaps/ns/web");
  CHECK(make_key("apps.example.com", "things", "", "one")
        == "apps.example.com/things/one");
  for (const auto* bad :
       {"", "core", "core/configmaps", "core/configmaps/", "core//a",
        "core/configmaps/a/b/c", "/configmaps/a", "core/configmaps/a/"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_key(bad));
  }
}

TEST_CASE("objects: decoded with their resourceVersion") {
  auto doc = config_map(R"({"metadata":{"name":"web","uid":"u1"}})");
  store::version version;
  version.modified = store::revision{42};
  version.value = make_shared_bytes(codec::encode_msgpack(
      doc.root(), stored_resource("", "configmaps")->type));
  const auto read = decode_object("core/configmaps/ns/web", version);
  REQUIRE(read.has_value());
  CHECK(uid_of(*read) == "u1");
  CHECK(resource_version_of(*read) == "42");
  const auto unknown = decode_object("none.io/things/ns/web", version);
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().code == errc::not_found);
  version.value = make_shared_bytes("\xc1");
  const auto damaged = decode_object("core/configmaps/ns/web", version);
  REQUIRE_FALSE(damaged.has_value());
  CHECK(damaged.error().code == errc::corrupt);
}

TEST_CASE("objects: owner references and finalizers, read and changed") {
  auto doc = config_map(R"({"metadata":{"name":"web","finalizers":["a/b","c/d"],
    "ownerReferences":[
      {"apiVersion":"v1","kind":"ConfigMap","name":"x","uid":"u1",
       "controller":true,"blockOwnerDeletion":true},
      {"apiVersion":"v1","kind":"ConfigMap","name":"y","uid":"u2"}]}})");
  const auto owners = owner_references(doc);
  REQUIRE(owners.size() == 2);
  CHECK(owners[0].name == "x");
  CHECK(owners[0].controller);
  CHECK(owners[0].block_owner_deletion);
  CHECK_FALSE(owners[1].block_owner_deletion);
  CHECK_FALSE(deleting(doc));
  REQUIRE(controller_of(doc));
  CHECK(controller_of(doc)->uid == "u1");
  auto grown = doc.clone();
  add_owner(grown, {"apps/v1", "Deployment", "z", "u3", true, true});
  REQUIRE(owner_references(grown).size() == 3);
  const auto added = owner_references(grown)[2];
  CHECK(added.api_version == "apps/v1");
  CHECK(added.kind == "Deployment");
  CHECK(added.name == "z");
  CHECK(added.uid == "u3");
  CHECK(added.controller);
  CHECK(added.block_owner_deletion);

  CHECK(unblock_owners(doc));
  CHECK_FALSE(unblock_owners(doc));
  CHECK_FALSE(owner_references(doc)[0].block_owner_deletion);

  CHECK(erase_finalizer(doc, "a/b"));
  CHECK_FALSE(erase_finalizer(doc, "a/b"));
  CHECK(has_finalizer(doc, "c/d"));
  erase_owners(doc, {"u1"});
  REQUIRE(owner_references(doc).size() == 1);
  CHECK(owner_references(doc)[0].uid == "u2");

  // What is empty is absent.
  erase_owners(doc, {"u2"});
  erase_finalizer(doc, "c/d");
  CHECK(codec::equal(doc.root(),
                     config_map(R"({"metadata":{"name":"web"}})").root()));
}
