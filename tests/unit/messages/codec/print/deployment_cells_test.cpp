#include "messages/codec/json.hpp"
#include "messages/codec/print/table.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/registry.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace troupe;
using namespace troupe::codec;

namespace {

/// A table with the deployment in it.
nlohmann::json table_of(std::string_view deployment) {
  const auto* resource = schema::find_resource("apps", "v1", "deployments");
  REQUIRE(resource);
  auto decoded = decode_json(deployment, resource->type);
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

} // namespace

TEST_CASE("a row of deployments has kubectl's columns") {
  const auto table = table_of(R"({
    "metadata": {"name": "web", "creationTimestamp": "2026-01-02T03:00:00Z"},
    "spec": {"replicas": 3, "selector": {"matchLabels": {"app": "web"}},
      "template": {"spec": {"containers": [
        {"name": "a", "image": "nginx:1"}, {"name": "b", "image": "log:2"}]}}},
    "status": {"replicas": 4, "updatedReplicas": 1, "readyReplicas": 2,
      "availableReplicas": 1}})");
  std::string names;
  for (const auto& column : table["columnDefinitions"])
    names += column["name"].get<std::string>() + ":"
             + column["type"].get<std::string>() + ":"
             + column["priority"].dump() + " ";
  CHECK(names
        == "Name:string:0 Ready:string:0 Up-to-date:string:0 "
           "Available:string:0 Age:string:0 Containers:string:1 "
           "Images:string:1 Selector:string:1 ");
  CHECK(table["rows"][0]["cells"].dump()
        == R"(["web","2/3",1,1,"60m","a,b","nginx:1,log:2","app=web"])");
}

TEST_CASE("a deployment nobody looked at has zeros") {
  const auto table = table_of(R"({"metadata": {"name": "web"},
    "spec": {"replicas": 2, "selector": {}}})");
  CHECK(table["rows"][0]["cells"].dump()
        == R"(["web","0/2",0,0,"<unknown>","","","<none>"])");
}
