#include "messages/codec/json.hpp"
#include "messages/codec/print/table.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/registry.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace troupe;
using namespace troupe::codec;

namespace {

nlohmann::json table_row_of(std::string_view plural, std::string_view object) {
  const auto* resource = schema::find_resource("", "v1", plural);
  REQUIRE(resource);
  auto decoded = decode_json(object, resource->type);
  INFO(object);
  REQUIRE(decoded);
  auto printer = table_printer::make(*resource);
  REQUIRE(printer);
  table_options options;
  options.include = include_object::none;
  options.now = *meta::parse_time("2026-01-02T04:00:00Z");
  std::string out;
  append_table(out, *printer, options, {decoded->doc.root(), "7"});
  return nlohmann::json::parse(out)["rows"][0];
}

std::string row_of(std::string_view plural, std::string_view object) {
  std::string cells;
  const auto row = table_row_of(plural, object);
  for (const auto& cell : row["cells"])
    cells += (cells.empty() ? "" : "|")
             + (cell.is_string() ? cell.get<std::string>() : cell.dump());
  return cells;
}

std::string pod(const std::string& spec, const std::string& status,
                const std::string& metadata = "") {
  return R"({"metadata":{"name":"p","creationTimestamp":"2026-01-02T03:00:00Z")"
         + metadata + R"(},"spec":{)" + spec + R"(},"status":{)" + status
         + "}}";
}

/// Ready, Status and Restarts.
std::string shown(const std::string& spec, const std::string& status,
                  const std::string& metadata = "") {
  const auto row = row_of("pods", pod(spec, status, metadata));
  const auto first = row.find('|') + 1;
  return row.substr(first, row.find("|60m") - first);
}

const std::string one = R"("containers":[{"name":"a"}])";
const std::string two = R"("containers":[{"name":"a"},{"name":"b"}])";

} // namespace

TEST_CASE("a row of pods has kubectl's columns") {
  CHECK(row_of("pods", pod(one, R"("phase":"Pending")"))
        == "p|0/1|Pending|0|60m|<none>|<none>|<none>|<none>");
  CHECK(row_of("pods", pod(one + R"(,"nodeName":"n","readinessGates":[
                       {"conditionType":"x"},{"conditionType":"y"}])",
                           R"("phase":"Running","podIP":"10.0.0.1",
                       "nominatedNodeName":"m",
                       "conditions":[{"type":"y","status":"True"}])"))
        == "p|0/1|Running|0|60m|10.0.0.1|n|m|1/2");
}

TEST_CASE("the status of a pod says best how it is") {
  struct row {
    std::string spec;
    std::string status;
    std::string want;
  };
  const row rows[] = {
      {one, R"("phase":"Failed","reason":"Evicted")", "0/1|Evicted|0"},
      {one,
       R"("phase":"Pending","conditions":[{"type":"PodScheduled",
          "status":"False","reason":"SchedulingGated"}])",
       "0/1|SchedulingGated|0"},
      {one,
       R"("phase":"Pending","containerStatuses":[{"name":"a",
          "state":{"waiting":{"reason":"ContainerCreating"}}}])",
       "0/1|ContainerCreating|0"},
      {one,
       R"("phase":"Running","containerStatuses":[{"name":"a","ready":true,
          "state":{"running":{}}}])",
       "1/1|Running|0"},
      {one,
       R"("phase":"Running","containerStatuses":[{"name":"a","restartCount":3,
          "lastState":{"terminated":{"finishedAt":"2026-01-02T03:55:00Z"}},
          "state":{"waiting":{"reason":"CrashLoopBackOff"}}}])",
       "0/1|CrashLoopBackOff|3 (5m ago)"},
      {one,
       R"("phase":"Running","containerStatuses":[{"name":"a",
          "state":{"terminated":{"exitCode":2}}}])",
       "0/1|ExitCode:2|0"},
      {one,
       R"("phase":"Running","containerStatuses":[{"name":"a",
          "state":{"terminated":{"exitCode":137,"signal":9}}}])",
       "0/1|Signal:9|0"},
      {one,
       R"("phase":"Succeeded","containerStatuses":[{"name":"a",
          "state":{"terminated":{"exitCode":0,"reason":"Completed"}}}])",
       "0/1|Completed|0"},
      {two,
       R"("phase":"Running","containerStatuses":[{"name":"a",
          "state":{"terminated":{"reason":"Completed"}}},{"name":"b",
          "ready":true,"state":{"running":{}}}])",
       "1/2|NotReady|0"},
      {two,
       R"("phase":"Running","conditions":[{"type":"Ready","status":"True"}],
          "containerStatuses":[{"name":"a",
          "state":{"terminated":{"reason":"Completed"}}},{"name":"b",
          "ready":true,"state":{"running":{}}}])",
       "1/2|Running|0"},
  };
  for (const auto& each : rows) {
    INFO(each.status);
    CHECK(shown(each.spec, each.status) == each.want);
  }
}

TEST_CASE("init containers go first") {
  const std::string spec = one + R"(,"initContainers":[{"name":"i"},{"name":"s",
                 "restartPolicy":"Always"}])";
  const auto status = [](const std::string& init) {
    return R"("phase":"Pending","initContainerStatuses":[)" + init
           + R"(],"containerStatuses":[{"name":"a","restartCount":2,
           "state":{"waiting":{"reason":"PodInitializing"}}}])";
  };
  const std::string done =
      R"({"name":"i","restartCount":1,"state":{"terminated":{"exitCode":0}}})";
  CHECK(shown(spec, status(R"({"name":"i","state":{"running":{}}})"))
        == "0/2|Init:0/2|0");
  CHECK(shown(spec, status(R"({"name":"i","state":{"waiting":{
                              "reason":"ImagePullBackOff"}}})"))
        == "0/2|Init:ImagePullBackOff|0");
  CHECK(shown(spec, status(R"({"name":"i","restartCount":4,
                              "state":{"terminated":{"exitCode":3}}})"))
        == "0/2|Init:ExitCode:3|4");
  CHECK(shown(spec, status(R"({"name":"i","state":{"terminated":{
                              "exitCode":3,"reason":"Error"}}})"))
        == "0/2|Init:Error|0");
  CHECK(shown(spec, status(done + R"(,{"name":"s","state":{"waiting":{
                              "reason":"PodInitializing"}}})"))
        == "0/2|Init:1/2|1");
  CHECK(shown(spec, status(done + R"(,{"name":"s","started":true,"ready":true,
                              "restartCount":5,"state":{"running":{}}})"))
        == "1/2|PodInitializing|7");
}

TEST_CASE("a pod that is to go says so") {
  const std::string deleted = R"(,"deletionTimestamp":"2026-01-02T03:30:00Z")";
  CHECK(shown(one, R"("phase":"Running")", deleted) == "0/1|Terminating|0");
  CHECK(shown(one, R"("phase":"Succeeded")", deleted) == "0/1|Succeeded|0");
  CHECK(shown(one, R"("phase":"Running","reason":"NodeLost")", deleted)
        == "0/1|Unknown|0");
}

TEST_CASE("a row of nodes has kubectl's columns") {
  CHECK(row_of("nodes", R"({"metadata":{"name":"n",
                   "creationTimestamp":"2026-01-02T03:00:00Z"}})")
        == "n|Unknown|<none>|60m||<none>|<none>|<unknown>|<unknown>|"
           "<unknown>");
  CHECK(row_of("nodes", R"({"metadata":{"name":"n","labels":{
                   "node-role.kubernetes.io/worker":"",
                   "node-role.kubernetes.io/":"",
                   "kubernetes.io/role":"control-plane"},
                   "creationTimestamp":"2026-01-02T03:00:00Z"},
                   "spec":{"unschedulable":true},
                   "status":{"conditions":[{"type":"Ready","status":"True"}],
                   "addresses":[{"type":"InternalIP","address":"10.0.0.1"},
                   {"type":"ExternalIP","address":"1.2.3.4"}],
                   "nodeInfo":{"kubeletVersion":"v1","osImage":"Debian",
                   "kernelVersion":"6.1","containerRuntimeVersion":"troupe://1"
                   }}})")
        == "n|Ready,SchedulingDisabled|control-plane,worker|60m|v1|10.0.0.1|"
           "1.2.3.4|Debian|6.1|troupe://1");
}

TEST_CASE("rows of secrets and of templates") {
  CHECK(row_of("secrets", R"({"metadata":{"name":"s",
                   "creationTimestamp":"2026-01-02T03:00:00Z"},
                   "type":"Opaque","data":{"a":"","b":""}})")
        == "s|Opaque|2|60m");
  CHECK(row_of("podtemplates", R"({"metadata":{"name":"t"},"template":{
                   "metadata":{"labels":{"k":"v"}},"spec":{"containers":[
                   {"name":"a","image":"i"},{"name":"b","image":"j"}]}}})")
        == "t|a,b|i,j|k=v");
}

TEST_CASE("rows of pods that have ended say so") {
  const auto conditions = [](const std::string& phase) {
    const auto row =
        table_row_of("pods", pod(one, "\"phase\":\"" + phase + "\""));
    return row.contains("conditions") ? row["conditions"].dump() : "";
  };
  CHECK(conditions("Running").empty());
  CHECK(conditions("Succeeded")
        == R"([{"message":"The pod has completed successfully.",)"
           R"("reason":"Succeeded","status":"True","type":"Completed"}])");
  CHECK(conditions("Failed")
        == R"([{"message":"The pod failed.","reason":"Failed",)"
           R"("status":"True","type":"Completed"}])");
}
