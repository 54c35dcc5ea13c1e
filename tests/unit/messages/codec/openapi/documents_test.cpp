#include "messages/codec/openapi/documents.hpp"
#include "messages/schema/registry.hpp"
#include "tests/unit/messages/codec/openapi/golden.hpp"
#include "tests/unit/messages/codec/openapi/sample_schema.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::codec;
using nlohmann::json;

namespace {

const openapi_options options{"v1.35.0", {}};

openapi_documents sample_documents() {
  return make_openapi_documents(test::sample_versions(), options);
}

openapi_documents served_documents() {
  return make_openapi_documents(schema::group_versions(), options);
}

/// Every `$ref` in the value.
void collect_references(const json& value, std::vector<std::string>& to) {
  if (value.is_object() && value.contains("$ref"))
    to.push_back(value["$ref"]);
  if (value.is_structured())
    for (auto& child : value)
      collect_references(child, to);
}

} // namespace

TEST_CASE("documents of a sample group equal their golden files") {
  auto documents = sample_documents();
  CHECK(test::matches_golden("openapi/sample_v2.json",
                             test::indented(*documents.v2_json.body)));
  CHECK(test::matches_golden(
      "openapi/sample_v3.json",
      test::indented(*documents.v3.at("apis/sample.example.k8s.io/v1").body)));
}

TEST_CASE("documents of the core group equal their golden files") {
  auto documents = make_openapi_documents(test::core_versions(), options);
  CHECK(test::matches_golden("openapi/core_v2.json",
                             test::indented(*documents.v2_json.body)));
  CHECK(test::matches_golden("openapi/core_v3.json",
                             test::indented(*documents.v3.at("api/v1").body)));
}

TEST_CASE("every reference leads to a definition of the same document") {
  auto documents = served_documents();
  auto check = [](const served_document& document, std::string_view prefix,
                  const json::json_pointer& at) {
    auto body = json::parse(*document.body);
    std::vector<std::string> references;
    collect_references(body, references);
    REQUIRE_FALSE(references.empty());
    for (auto& reference : references) {
      INFO(reference);
      REQUIRE(reference.starts_with(prefix));
      CHECK(body[at].contains(reference.substr(prefix.size())));
    }
  };
  check(documents.v2_json, "#/definitions/",
        json::json_pointer{"/definitions"});
  for (auto& [name, document] : documents.v3) {
    INFO(name);
    check(document, "#/components/schemas/",
          json::json_pointer{"/components/schemas"});
  }
}

TEST_CASE("the index names each v3 document with the hash of its bytes") {
  auto documents = sample_documents();
  auto index = json::parse(*documents.v3_index.body);
  std::vector<std::string> names;
  for (auto& [name, value] : index["paths"].items()) {
    names.push_back(name);
    CHECK(value["serverRelativeURL"]
          == "/openapi/v3/" + name + "?hash=" + documents.v3.at(name).hash);
  }
  CHECK(names
        == std::vector<std::string>{"api", "apis", "apis/sample.example.k8s.io",
                                    "apis/sample.example.k8s.io/v1",
                                    "version"});
}

TEST_CASE("a hash follows from the bytes alone") {
  CHECK(make_served_document("").hash == "cbf29ce484222325");
  CHECK(make_served_document("a").hash == "af63dc4c8601ec8c");
  CHECK(make_served_document("foobar").hash == "85944171f73967e8");
  CHECK(make_served_document("a").etag() == "\"af63dc4c8601ec8c\"");
  CHECK(sample_documents().v2_protobuf.hash
        == sample_documents().v2_protobuf.hash);
}

// What kubectl looks for before it sends fieldValidation, dryRun or a
// strategic merge patch.
TEST_CASE("a v3 patch tells its kind, parameters and patch types") {
  auto documents = served_documents();
  auto body = json::parse(*documents.v3.at("api/v1").body);
  auto patch = body["paths"]["/api/v1/namespaces/{namespace}/configmaps/{name}"]
                   ["patch"];
  CHECK(patch["x-kubernetes-group-version-kind"]
        == json{{"group", ""}, {"version", "v1"}, {"kind", "ConfigMap"}});
  CHECK(patch["requestBody"]["content"].contains(
      "application/strategic-merge-patch+json"));
  std::vector<std::string> names;
  for (auto& parameter : patch["parameters"])
    names.push_back(parameter["name"]);
  CHECK(names
        == std::vector<std::string>{"dryRun", "fieldManager", "fieldValidation",
                                    "force"});
}

TEST_CASE("documents promise no media type the server was not given") {
  openapi_options narrow{"v1.35.0",
                         {{"application/json"},
                          {"application/json;stream=watch"},
                          {"application/merge-patch+json"}}};
  auto documents = make_openapi_documents(test::sample_versions(), narrow);
  for (auto unwanted : {"yaml", "protobuf", "strategic-merge-patch+json"}) {
    INFO(unwanted);
    CHECK(documents.v2_json.body->find(unwanted) == bytes::npos);
  }
}
