#include "bootstrap/client/node_reports.hpp"
#include "messages/meta/time.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::client;

namespace {

std::string node(const std::string& ready, const std::string& beat) {
  return R"({"items":[{"metadata":{"name":"n1"},"status":{"conditions":[)"
         R"({"type":"DiskPressure","status":"False"},)"
         R"({"type":"Ready","status":")"
         + ready + R"(","message":"no network","lastHeartbeatTime":")" + beat
         + R"("}]}}]})";
}

std::string lease(const std::string& renewed) {
  return R"({"items":[{"metadata":{"name":"other"},"spec":{}},)"
         R"({"metadata":{"name":"n1"},"spec":{"renewTime":")"
         + renewed + R"("}}]})";
}

std::string problem_of(const std::string& nodes, const std::string& leases,
                       const std::string& since) {
  const auto reports = parse_node_reports(nodes, leases);
  REQUIRE(reports);
  return find_node_problem(*reports, "n1", *meta::parse_time(since));
}

constexpr const char* silent =
    "its agent has not reported since it was started";

} // namespace

TEST_CASE("a node is ready by the words of the agent that runs") {
  const std::string since = "2026-01-02T03:04:05.5Z";
  const struct {
    std::string ready, beat, renewed, problem;
  } rows[] = {
      {"True", "2026-01-02T03:04:06Z", "2026-01-02T03:04:06.000000Z", ""},
      // Whole seconds: the beat may be from just after the start.
      {"True", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.500000Z", ""},
      {"True", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.499999Z", silent},
      {"True", "2026-01-02T03:04:04Z", "2026-01-02T03:04:06.000000Z", silent},
      {"True", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000000Z", silent},
      {"False", "2026-01-02T03:04:06Z", "2026-01-02T03:04:06.000000Z",
       "no network"},
      // Given up by the server while no agent ran.
      {"Unknown", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000000Z",
       silent},
      {"True", "", "2026-01-02T03:04:06.000000Z", silent},
      {"True", "2026-01-02T03:04:06Z", "soon", silent},
  };
  for (const auto& row : rows) {
    CAPTURE(row.ready, row.beat, row.renewed);
    CHECK(problem_of(node(row.ready, row.beat), lease(row.renewed), since)
          == row.problem);
  }
}

TEST_CASE("a node that is not there, or without a Lease, is not ready") {
  const std::string since = "2026-01-02T03:04:05Z";
  const std::string none = R"({"items":[]})";
  CHECK(problem_of(none, lease("2026-01-02T03:04:06.000000Z"), since)
        == "it has not registered");
  CHECK(problem_of(node("True", "2026-01-02T03:04:06Z"), none, since)
        == silent);
  CHECK(problem_of(R"({"items":[7,{},{"metadata":{"name":"n1"},"status":[]}]})",
                   R"({"items":[null,{"metadata":{"name":7}}]})", since)
        == silent);
}

TEST_CASE("an answer that is no list is an error") {
  const std::string list = R"({"items":[]})";
  for (const std::string bad : {"", "{", "[]", "{}", R"({"items":{}})"}) {
    CHECK_FALSE(parse_node_reports(bad, list));
    CHECK_FALSE(parse_node_reports(list, bad));
  }
}
