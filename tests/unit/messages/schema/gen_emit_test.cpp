#include "messages/schema/gen/emit.hpp"
#include "messages/schema/gen/spelling.hpp"
#include "tests/unit/messages/schema/gen_support.hpp"

#include <catch2/catch.hpp>

using namespace troupe::schema::gen;
using namespace troupe::schema::gen::test;

TEST_CASE("JSON names become C++ names") {
  struct row {
    std::string_view given;
    std::string_view want;
  };
  constexpr row table[] = {
      {"name", "name"},
      {"creationTimestamp", "creation_timestamp"},
      {"ObjectMeta", "object_meta"},
      {"fieldsV1", "fields_v1"},
      {"clientCIDR", "client_cidr"},
      {"serverAddressByClientCIDRs", "server_address_by_client_cidrs"},
      {"podCIDRs", "pod_cidrs"},
      {"clusterIPs", "cluster_ips"},
      {"APIVersions", "api_versions"},
      {"CSIDriverSpec", "csi_driver_spec"},
      {"hostIPC", "host_ipc"},
      {"uid", "uid"},
      {"continue", "continue_"},
      {"Namespace", "namespace_"},
      {"operator", "operator_"},
      {"$ref", "ref"},
      {"x-kubernetes-map-type", "x_kubernetes_map_type"},
  };
  for (auto& each : table)
    CHECK(snake_case(each.given) == each.want);
}

TEST_CASE("group versions are named by the first label of the group") {
  CHECK(group_version_id("", "v1") == "core_v1");
  CHECK(group_version_id("apps", "v1beta2") == "apps_v1beta2");
  CHECK(group_version_id("rbac.authorization.k8s.io", "v1") == "rbac_v1");
}

TEST_CASE("strings are quoted for C++") {
  CHECK(quoted("a \"b\" \\ c") == "\"a \\\"b\\\" \\\\ c\"sv");
  CHECK(quoted("") == "\"\"sv");
}

TEST_CASE("id headers hold one namespace per type with fields") {
  auto result = compile("type DemoSpec \"d\" { 1 hostIP string \"d\" 4.1 verbs "
                        "list<string> \"d\" }\ntype Empty \"d\" {}");
  REQUIRE(result.text() == "");
  CHECK(emit_ids(*result.what.versions.front())
        == "#pragma once\n\n"
           "#include \"messages/schema/descriptor.hpp\"\n\n"
           "namespace troupe::schema::ids {\n"
           "inline namespace core_v1 {\n\n"
           "/// io.k8s.api.core.v1.DemoSpec\n"
           "namespace demo_spec {\n"
           "inline constexpr field_id host_ip = 1;\n"
           "inline constexpr field_id verbs = 0x40001;\n"
           "} // namespace demo_spec\n\n"
           "} // namespace core_v1\n"
           "} // namespace troupe::schema::ids\n");
}

TEST_CASE("tables are constants, so no code runs at start") {
  auto result = compile("type T kind \"A \\\"t\\\".\" { 1 b string \"d\" 2 a "
                        "int32 min=1 \"d\" }");
  REQUIRE(result.text() == "");
  auto text = emit_tables(*result.what.versions.front());
  using Catch::Contains;
  CHECK_THAT(text, Contains("constinit const type_desc T_type = {"));
  CHECK_THAT(text, Contains(".doc = \"A \\\"t\\\".\"sv"));
  CHECK_THAT(text, Contains("T_by_name[] = {1, 0, }"));
  CHECK_THAT(text, Contains(".constraint = {.minimum = 1}"));
  CHECK_THAT(text, Contains("{\"\"sv, \"v1\"sv, \"T\"sv}"));
}

TEST_CASE("the registry is sorted for binary search") {
  auto result = compile("type B kind \"d\" {} type A kind \"d\" {}");
  REQUIRE(result.text() == "");
  auto text = emit_registry(result.what);
  auto rows = text.substr(text.find("all_types[]"));
  CHECK(rows.find("A_type") < rows.find("B_type"));
}
