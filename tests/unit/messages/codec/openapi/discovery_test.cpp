#include "messages/codec/openapi/discovery.hpp"
#include "messages/schema/registry.hpp"
#include "tests/unit/messages/codec/openapi/golden.hpp"
#include "tests/unit/messages/codec/openapi/sample_schema.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::codec;
using nlohmann::json;

namespace {

/// The core group beside the sample group.
std::vector<const schema::group_version_desc*> all_versions() {
  std::vector<const schema::group_version_desc*> result;
  for (auto versions : {test::core_versions(), test::sample_versions()})
    result.insert(result.end(), versions.begin(), versions.end());
  return result;
}

/// The resource of this name in a list's array, by the key of its name.
json entry_of(const json& list, const char* key, const char* name) {
  for (auto& entry : list)
    if (entry[key] == name)
      return entry;
  FAIL("no entry " << name);
  return {};
}

} // namespace

TEST_CASE("discovery of two groups equals its golden file") {
  auto documents = make_discovery_documents(all_versions(), "10.0.0.1:6443");
  std::string text;
  auto add = [&](const std::string& path, const served_document& document) {
    text += path + "\n" + test::indented(*document.body);
  };
  add("/api", documents.api);
  add("/apis", documents.apis);
  for (auto& [name, document] : documents.groups)
    add("/apis/" + name, document);
  for (auto& [name, document] : documents.resources)
    add("/" + name, document);
  add("/api aggregated", documents.api_aggregated.v2);
  add("/apis aggregated", documents.apis_aggregated.v2);
  CHECK(test::matches_golden("openapi/discovery.txt", text));
}

TEST_CASE("the two versions of aggregated discovery differ in name alone") {
  auto documents = make_discovery_documents(all_versions(), "");
  for (auto* one : {&documents.api_aggregated, &documents.apis_aggregated}) {
    auto v2 = json::parse(*one->v2.body);
    auto v2beta1 = json::parse(*one->v2beta1.body);
    CHECK(v2["apiVersion"] == "apidiscovery.k8s.io/v2");
    CHECK(v2beta1["apiVersion"] == "apidiscovery.k8s.io/v2beta1");
    CHECK(v2["items"] == v2beta1["items"]);
  }
}

TEST_CASE("configmaps and namespaces are discovered as upstream's are") {
  auto documents = make_discovery_documents(schema::group_versions(), "");
  auto list = json::parse(*documents.resources.at("api/v1").body)["resources"];
  CHECK(entry_of(list, "name", "configmaps")
        == json::parse(R"({"name":"configmaps","singularName":"configmap",
      "namespaced":true,"kind":"ConfigMap","verbs":["create","delete",
      "deletecollection","get","list","patch","update","watch"],
      "shortNames":["cm"]})"));
  CHECK(entry_of(list, "name", "namespaces/finalize")
        == json::parse(R"({"name":"namespaces/finalize","singularName":"",
      "namespaced":false,"kind":"Namespace","verbs":["update"]})"));
  auto groups = json::parse(*documents.api_aggregated.v2.body)["items"];
  REQUIRE(groups.size() == 1);
  auto resources = groups[0]["versions"][0]["resources"];
  CHECK(entry_of(resources, "resource", "namespaces")
        == json::parse(R"({"resource":"namespaces","responseKind":{"group":"",
      "version":"v1","kind":"Namespace"},"scope":"Cluster",
      "singularResource":"namespace","verbs":["create","delete","get","list",
      "patch","update","watch"],"shortNames":["ns"],"subresources":[
      {"subresource":"finalize","responseKind":{"group":"","version":"v1",
      "kind":"Namespace"},"verbs":["update"]},{"subresource":"status",
      "responseKind":{"group":"","version":"v1","kind":"Namespace"},
      "verbs":["get","patch","update"]}]})"));
}

TEST_CASE("subresources of pods are discovered as upstream's are") {
  auto documents = make_discovery_documents(schema::group_versions(), "");
  auto list = json::parse(*documents.resources.at("api/v1").body)["resources"];
  struct row {
    const char* name;
    const char* kind;
    const char* verbs;
  };
  constexpr row table[] = {
      {"bindings", "Binding", R"(["create"])"},
      {"pods/attach", "PodAttachOptions", R"(["create","get"])"},
      {"pods/binding", "Binding", R"(["create"])"},
      {"pods/ephemeralcontainers", "Pod", R"(["get","patch","update"])"},
      {"pods/exec", "PodExecOptions", R"(["create","get"])"},
      {"pods/log", "Pod", R"(["get"])"},
      {"pods/status", "Pod", R"(["get","patch","update"])"},
  };
  for (auto& each : table) {
    INFO(each.name);
    auto entry = entry_of(list, "name", each.name);
    CHECK(entry["namespaced"] == true);
    CHECK(entry["kind"] == each.kind);
    CHECK(entry["verbs"] == json::parse(each.verbs));
    CHECK_FALSE(entry.contains("group"));
  }
}

TEST_CASE("group versions without resources are not served") {
  auto documents = make_discovery_documents(all_versions(), "");
  CHECK(documents.groups.size() == 1);
  CHECK(documents.resources.size() == 2);
  CHECK(json::parse(*documents.apis.body)["groups"].size() == 1);
}
