#include "messages/codec/json.hpp"
#include "messages/codec/print/table.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/registry.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace troupe;
using namespace troupe::codec;

namespace {

nlohmann::json table_of(std::string_view group, std::string_view plural,
                        std::string_view object) {
  const auto* resource = schema::find_resource(group, "v1", plural);
  REQUIRE(resource);
  auto decoded = decode_json(object, resource->type);
  REQUIRE(decoded);
  auto printer = table_printer::make(*resource);
  REQUIRE(printer);
  table_options options;
  options.include = include_object::none;
  options.now = *meta::parse_time("2026-01-02T04:00:00Z");
  std::string out;
  append_table(out, *printer, options, {decoded->doc.root(), "7"});
  return nlohmann::json::parse(out);
}

std::string columns_of(const nlohmann::json& table) {
  std::string out;
  for (const auto& column : table["columnDefinitions"])
    out += column["name"].get<std::string>() + ":"
           + column["type"].get<std::string>() + ":" + column["priority"].dump()
           + " ";
  return out;
}

constexpr auto columns = "Name:string:0 Desired:integer:0 Current:integer:0 "
                         "Ready:integer:0 Age:string:0 Containers:string:1 "
                         "Images:string:1 Selector:string:1 ";

} // namespace

TEST_CASE("a row of replicasets has kubectl's columns") {
  const auto table = table_of("apps", "replicasets", R"({
    "metadata": {"name": "web", "creationTimestamp": "2026-01-02T03:00:00Z"},
    "spec": {"replicas": 3, "selector": {"matchLabels": {"app": "web"},
        "matchExpressions": [{"key": "tier", "operator": "Exists"}]},
      "template": {"spec": {"containers": [
        {"name": "a", "image": "nginx:1"}, {"name": "b", "image": "log:2"}]}}},
    "status": {"replicas": 2, "readyReplicas": 1}})");
  CHECK(columns_of(table) == columns);
  CHECK(table["rows"][0]["cells"].dump()
        == R"(["web",3,2,1,"60m","a,b","nginx:1,log:2","app=web,tier"])");
}

TEST_CASE("a row of replicationcontrollers has kubectl's columns") {
  const auto table = table_of("", "replicationcontrollers", R"({
    "metadata": {"name": "kubia", "creationTimestamp": "2026-01-01T00:00:00Z"},
    "spec": {"replicas": 0, "selector": {"app": "kubia"},
      "template": {"spec": {"containers": [{"name": "a", "image": "i"}]}}}})");
  CHECK(columns_of(table) == columns);
  CHECK(table["rows"][0]["cells"].dump()
        == R"(["kubia",0,0,0,"28h","a","i","app=kubia"])");
}
