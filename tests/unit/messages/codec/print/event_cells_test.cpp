#include "messages/codec/json.hpp"
#include "messages/codec/print/table.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/registry.hpp"
#include "tests/unit/messages/codec/openapi/golden.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::codec;
using nlohmann::json;

namespace {

const schema::resource_desc& events() {
  auto* resource = schema::find_resource("", "v1", "events");
  REQUIRE(resource);
  return *resource;
}

document read(std::string_view text) {
  auto decoded = decode_json(text, events().type);
  REQUIRE(decoded);
  return std::move(decoded->doc);
}

std::string table_of(std::string_view event) {
  auto printer = table_printer::make(events());
  REQUIRE(printer);
  table_options options;
  options.include = include_object::none;
  options.now = *meta::parse_time("2026-01-02T04:00:00Z");
  auto object = read(event);
  std::string out;
  append_table(out, *printer, options, {object.root(), "7"});
  return out;
}

constexpr std::string_view older = R"({
  "metadata": {"name": "web.1", "namespace": "default"},
  "involvedObject": {"kind": "Pod", "namespace": "default", "name": "web",
                     "fieldPath": "spec.containers{web}"},
  "type": "Warning", "reason": "BackOff", "message": "Back-off restarting\n",
  "source": {"component": "kubelet", "host": "node-1"}, "count": 4,
  "firstTimestamp": "2026-01-02T03:00:00Z",
  "lastTimestamp": "2026-01-02T03:58:00Z"})";

} // namespace

TEST_CASE("an event equals its golden file") {
  CHECK(test::matches_golden("print/event.json",
                             test::indented(table_of(older))));
}

TEST_CASE("the columns of an event take what the reporter gives") {
  struct row {
    std::string_view event;
    /// Last Seen, Type, Reason, Object, Subobject, Source, Message,
    /// First Seen, Count, Name.
    std::string_view want;
  };
  constexpr row table[] = {
      {older, R"(["2m","Warning","BackOff","pod/web","spec.containers{web}",)"
              R"("kubelet, node-1","Back-off restarting","60m",4,"web.1"])"},
      {"{}", R"(["<unknown>","","","","","","","<unknown>",1,""])"},
      {R"({"firstTimestamp":"2026-01-02T03:00:00Z"})",
       R"(["60m","","","","","","","60m",1,""])"},
      {R"({"eventTime":"2026-01-02T03:59:30.500000Z","involvedObject":)"
       R"({"kind":"ReplicaSet"},"reportingComponent":"example.com/c"})",
       R"(["29s","","","replicaset","","example.com/c","","29s",1,""])"},
      {R"({"eventTime":"2026-01-02T03:00:00.000000Z","series":{"count":9,)"
       R"("lastObservedTime":"2026-01-02T03:59:50.000000Z"},"count":2,)"
       R"("lastTimestamp":"2026-01-02T03:30:00Z",)"
       R"("reportingComponent":"c","reportingInstance":"i"})",
       R"(["10s","","","","","c, i","","60m",9,""])"},
      {R"({"series":{},"lastTimestamp":"2026-01-02T03:30:00Z"})",
       R"(["<unknown>","","","","","","","<unknown>",0,""])"},
      {R"({"source":{"component":"a"},"reportingComponent":"b",)"
       R"("reportingInstance":"i","message":" \t two words \n "})",
       R"(["<unknown>","","","","","a, i","two words","<unknown>",1,""])"},
  };
  for (auto& [event, want] : table) {
    INFO(event);
    auto cells = json::parse(table_of(event))["rows"][0]["cells"];
    CHECK(cells.dump() == want);
  }
}
