#include "messages/codec/json.hpp"
#include "messages/codec/print/cell.hpp"
#include "messages/meta/time.hpp"
#include "tests/unit/messages/codec/print/sample_kind.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::codec;

namespace {

constexpr std::string_view full = R"({
  "metadata": {"name": "a", "creationTimestamp": "2026-01-02T03:04:05Z",
               "labels": {"app": "web", "tier": "\"x\""},
               "finalizers": ["f1", "f2"]},
  "replicas": 3, "paused": true,
  "nodeSelector": {"disk": "ssd", "arch": "arm64"},
  "selector": {"matchLabels": {"b": "2", "a": "1"},
    "matchExpressions": [
      {"key": "env", "operator": "In", "values": ["prod", "dev"]},
      {"key": "aa", "operator": "NotIn", "values": ["x"]},
      {"key": "gone", "operator": "DoesNotExist"},
      {"key": "here", "operator": "Exists"}]},
  "names": ["x", "y", "z"],
  "raw": {"deep": {"text": "t", "number": 7}}})";

void append_answer(std::string& out, const node& object, wall_time) {
  out += std::to_string(object.size());
}

constexpr cell_function functions[] = {{"answer", append_answer}};

std::string print(std::string_view type, std::string_view expression,
                  std::string_view object) {
  auto resource = test::sample_resource({});
  auto decoded = decode_json(object, resource.type);
  REQUIRE(decoded);
  schema::column_desc column{.name = "C", .type = type, .cell = expression};
  auto parsed = cell::parse(column, *resource.type, functions);
  if (!parsed)
    return parsed.error().message;
  std::string out;
  auto now = meta::parse_time("2026-01-02T06:09:05Z");
  REQUIRE(now);
  parsed->append(out, decoded->doc.root(), *now);
  return out;
}

} // namespace

TEST_CASE("cells show what their expressions name") {
  struct row {
    std::string_view type;
    std::string_view expression;
    std::string_view want;  ///< of the full object
    std::string_view empty; ///< of an object without fields
  };
  const row rows[] = {
      {"string", "metadata.name", R"("a")", R"("")"},
      {"string", "metadata.labels.tier", R"("\"x\"")", R"("")"},
      {"integer", "replicas", "3", "0"},
      {"string", "replicas", R"("3")", R"("")"},
      {"boolean", "paused", "true", "false"},
      {"string", "paused", R"("true")", R"("")"},
      {"string", "raw.deep.text", R"("t")", R"("")"},
      {"integer", "raw.deep.number", "7", "0"},
      {"string", "raw.deep", R"("")", R"("")"},
      {"integer", "len(names)", "3", "0"},
      {"integer", "len(names)+len(nodeSelector)+len(metadata.finalizers)", "7",
       "0"},
      {"string", "age(metadata.creationTimestamp)", R"("3h5m")",
       R"("\u003cunknown\u003e")"},
      {"string", "labels(nodeSelector)", R"("arch=arm64,disk=ssd")",
       R"("\u003cnone\u003e")"},
      {"string", "labels(selector)",
       R"("a=1,aa notin (x),b=2,env in (dev,prod),!gone,here")",
       R"("\u003cnone\u003e")"},
      {"integer", "fn:answer", "7", "0"},
  };
  for (auto& [type, expression, want, empty] : rows) {
    INFO(expression);
    CHECK(print(type, expression, full) == want);
    CHECK(print(type, expression, "{}") == empty);
  }
}

TEST_CASE("expressions that fit no column are refused by name") {
  struct row {
    std::string_view expression;
    std::string_view want;
  };
  const row rows[] = {
      {"metadata", R"(column "C": path "metadata" ends in no scalar)"},
      {"names", R"(column "C": path "names" ends in no scalar)"},
      {"nodeSelector", R"(column "C": path "nodeSelector" ends in no scalar)"},
      {"metadata.nope",
       R"(column "C": path "metadata.nope": no field can be reached by "nope")"},
      {"names.x",
       R"(column "C": path "names.x": no field can be reached by "x")"},
      {"replicas.x",
       R"(column "C": path "replicas.x": no field can be reached by "x")"},
      {"nodeSelector.a.b",
       R"(column "C": path "nodeSelector.a.b": no field can be reached by "b")"},
      {"", R"(column "C": path "": no field can be reached by "")"},
      {"age(metadata.name)",
       R"(column "C": path "metadata.name" ends in no time)"},
      {"labels(names)", R"(column "C": path "names" ends in no labels)"},
      {"len(replicas)",
       R"(column "C": path "replicas" ends in no list or map)"},
      {"len(names)+replicas",
       R"(column "C": expected len(path), joined by + and at most 16 of them)"},
      {"len(names",
       R"(column "C": expected len(path), joined by + and at most 16 of them)"},
      {"fn:nobody", R"(column "C": no function is registered for "fn:nobody")"},
  };
  for (auto& [expression, want] : rows) {
    INFO(expression);
    CHECK(print("string", expression, "{}") == want);
  }
}

TEST_CASE("paths and sums have a longest form") {
  std::string path = "raw";
  for (std::size_t i = 1; i < field_path::segments_max; ++i)
    path += ".a";
  CHECK(print("string", path, "{}") == R"("")");
  CHECK(print("string", path + ".a", "{}").starts_with("column"));
  std::string sum = "len(names)";
  for (std::size_t i = 1; i < cell::terms_max; ++i)
    sum += "+len(names)";
  CHECK(print("integer", sum, "{}") == "0");
  CHECK(print("integer", sum + "+len(names)", "{}").starts_with("column"));
}
