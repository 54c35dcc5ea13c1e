#include "messages/codec/json.hpp"
#include "messages/codec/print/table.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/registry.hpp"
#include "tests/unit/messages/codec/openapi/golden.hpp"
#include "tests/unit/messages/codec/print/sample_kind.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::codec;
using nlohmann::json;

namespace {

constexpr std::string_view config_map = R"({
  "metadata": {"name": "settings", "namespace": "default", "uid": "u1",
               "creationTimestamp": "2026-01-02T03:04:05Z",
               "labels": {"app": "web"}},
  "data": {"a": "1", "b": "2"}, "binaryData": {"c": "AQI="}})";
constexpr std::string_view other = R"({
  "metadata": {"name": "empty", "namespace": "default", "uid": "u2",
               "creationTimestamp": "2026-01-02T06:08:55Z"}})";

const schema::resource_desc& config_maps() {
  auto* resource = schema::find_resource("", "v1", "configmaps");
  REQUIRE(resource);
  return *resource;
}

table_printer make_printer(const schema::resource_desc& resource) {
  auto printer = table_printer::make(resource);
  REQUIRE(printer);
  return *std::move(printer);
}

document read(std::string_view text, const schema::type_desc* type) {
  auto decoded = decode_json(text, type);
  REQUIRE(decoded);
  return std::move(decoded->doc);
}

table_options options_at(include_object include) {
  table_options options;
  options.include = include;
  auto now = meta::parse_time("2026-01-02T06:09:05Z");
  REQUIRE(now);
  options.now = *now;
  return options;
}

std::string table_of_one(const table_options& options) {
  auto printer = make_printer(config_maps());
  auto object = read(config_map, config_maps().type);
  std::string out;
  append_table(out, printer, options, {object.root(), "7"});
  return out;
}

} // namespace

TEST_CASE("a list of configmaps equals its golden file") {
  auto printer = make_printer(config_maps());
  auto first = read(config_map, config_maps().type);
  auto second = read(other, config_maps().type);
  std::string out;
  table_writer table{
      out, printer, options_at(include_object::metadata), {"40", "token", 3}};
  table.add({first.root(), "7"});
  table.add({second.root(), "9"});
  table.finish();
  CHECK(test::matches_golden("print/configmaps.json", test::indented(out)));
}

TEST_CASE("a namespace equals its golden file") {
  auto* resource = schema::find_resource("", "v1", "namespaces");
  REQUIRE(resource);
  auto printer = make_printer(*resource);
  auto object = read(R"({"metadata":{"name":"default",
    "creationTimestamp":"2026-01-02T03:04:05Z"},
    "spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}})",
                     resource->type);
  std::string out;
  append_table(out, printer, options_at(include_object::object),
               {object.root(), "3"});
  CHECK(test::matches_golden("print/namespace.json", test::indented(out)));
}

TEST_CASE("rows carry as much of the object as was asked for") {
  auto object_of = [](const table_options& options) {
    return json::parse(table_of_one(options))["rows"][0]["object"];
  };
  CHECK(object_of(options_at(include_object::none)).is_null());
  auto partial = object_of(options_at(include_object::metadata));
  CHECK(partial["kind"] == "PartialObjectMetadata");
  CHECK(partial["apiVersion"] == "meta.k8s.io/v1");
  CHECK(partial["metadata"]["name"] == "settings");
  CHECK(partial["metadata"]["resourceVersion"] == "7");
  CHECK_FALSE(partial.contains("data"));
  auto whole = object_of(options_at(include_object::object));
  CHECK(whole["kind"] == "ConfigMap");
  CHECK(whole["apiVersion"] == "v1");
  CHECK(whole["metadata"]["resourceVersion"] == "7");
  CHECK(whole["binaryData"]["c"] == "AQI=");
}

TEST_CASE("v1beta1 differs from v1 in apiVersion alone") {
  auto options = options_at(include_object::metadata);
  auto v1 = json::parse(table_of_one(options));
  options.version = table_version::v1beta1;
  auto v1beta1 = json::parse(table_of_one(options));
  CHECK(v1["apiVersion"] == "meta.k8s.io/v1");
  CHECK(v1beta1["apiVersion"] == "meta.k8s.io/v1beta1");
  CHECK(v1beta1["rows"][0]["object"]["apiVersion"] == "meta.k8s.io/v1beta1");
  v1beta1["apiVersion"] = v1["apiVersion"];
  v1beta1["rows"][0]["object"]["apiVersion"] = "meta.k8s.io/v1";
  CHECK(v1 == v1beta1);
}

TEST_CASE("later events of a watch leave the columns out") {
  auto options = options_at(include_object::none);
  options.columns = false;
  auto table = json::parse(table_of_one(options));
  CHECK(table["columnDefinitions"].is_null());
  CHECK(table["rows"][0]["cells"] == json::array({"settings", 3, "3h5m"}));
  CHECK(table["metadata"] == json{{"resourceVersion", "7"}});
}

TEST_CASE("an empty list is a table without rows") {
  auto printer = make_printer(config_maps());
  std::string out;
  table_writer table{out, printer, options_at(include_object::metadata), {}};
  table.finish();
  auto parsed = json::parse(out);
  CHECK(parsed["rows"] == json::array());
  CHECK(parsed["metadata"] == json::object());
  CHECK(parsed["columnDefinitions"].size() == 3);
}

TEST_CASE("every compiled-in resource that is listed has printable columns") {
  for (auto* version : schema::group_versions())
    for (auto* resource : version->resources) {
      INFO(resource->plural);
      CHECK(table_printer::make(*resource));
      CHECK(resource->storage().columns.empty()
            == (resource->list_type == nullptr));
    }
}

TEST_CASE("a printer is refused when a column is malformed") {
  const schema::column_desc columns[] = {
      {.name = "Bad", .type = "string", .cell = "nope"}};
  CHECK_FALSE(table_printer::make(test::sample_resource(columns)));
}

TEST_CASE("includeObject is None, Metadata, Object or absent") {
  CHECK(*parse_include_object("") == include_object::metadata);
  CHECK(*parse_include_object("Metadata") == include_object::metadata);
  CHECK(*parse_include_object("None") == include_object::none);
  CHECK(*parse_include_object("Object") == include_object::object);
  CHECK(parse_include_object("none").error().message
        == "Unable to convert to Table as requested: includeObject: Invalid "
           "value: \"none\": must be 'Metadata', 'Object', 'None', or empty");
}
