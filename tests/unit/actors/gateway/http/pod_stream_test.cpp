#include "tests/unit/actors/gateway/http/gateway_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr const char* pod =
    "POST /api/v1/namespaces/default/pods\nContent-Type: application/json\n\n"
    R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},)"
    R"("spec":{"containers":[{"name":"app","image":"nginx"}]}})";

struct world : gateway_world {
  explicit world(gateway::gateway_config config = {})
      : gateway_world(std::move(config)) {
    send(parse_request(
        "POST /api/v1/namespaces\nContent-Type: application/json\n\n"
        R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"default"}})"));
    send(parse_request(
        "POST /api/v1/namespaces/default/serviceaccounts\n"
        "Content-Type: application/json\n\n"
        R"({"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default"}})"));
    REQUIRE(send(parse_request(pod))->code() == 201);
  }

  std::string ask(const std::string& line, const std::string& user = "admin") {
    const auto answer = send(parse_request(line + "\n\n"), user);
    return std::to_string(answer->code()) + " " + answer->body();
  }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("streams into a pod are found, and refused as upstream does") {
  world w;
  const std::string base = " /api/v1/namespaces/default/pods/";
  CHECK(w.ask("GET" + base + "web/log") == "204 ");
  CHECK(has(w.ask("GET" + base + "none/log"), "pods \\\"none\\\" not found"));
  CHECK(has(w.ask("GET" + base + "web/log?container=x"),
            "container x is not valid for pod web"));
  for (const auto* method : {"GET", "POST"})
    for (const auto* what : {"exec?command=ls&", "attach?"})
      CHECK(has(w.ask(method + base + "web/" + what + "stdout=true"),
                "pod web does not have a host assigned"));
  for (const auto* what : {"exec?command=ls&", "attach?"})
    CHECK(has(w.ask("POST" + base + "web/" + what + "stdout=true&dryRun=All"),
              "dryRun is not supported"));
  CHECK(w.ask("GET" + base + "web/log?dryRun=All") == "204 ");
  CHECK(w.ask("POST" + base + "web/log").starts_with("405"));
  CHECK(w.ask("DELETE" + base + "web/exec").starts_with("405"));
}

TEST_CASE("streams into a pod are denied by default") {
  world w;
  const auto answer = w.ask(
      "POST /api/v1/namespaces/default/pods/web/exec?command=ls&stdout=true",
      "somebody");
  CHECK(answer.starts_with("403"));
  CHECK(has(answer, R"(cannot create resource \"pods/exec\")"));
}

TEST_CASE("streams into pods have a limit of their own") {
  gateway::gateway_config config;
  config.pod_streams_max = 0;
  world w{config};
  CHECK(
      w.ask("GET /api/v1/namespaces/default/pods/web/log").starts_with("429"));
  CHECK(w.ask("GET /api/v1/namespaces/default/pods/web").starts_with("200"));
}
