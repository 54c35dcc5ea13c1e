#include "actors/gateway/http/body.hpp"
#include "tests/unit/actors/gateway/http/gateway_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

http_request protobuf(const std::string& head, std::string body) {
  auto out = parse_request(
      head + "\nContent-Type: application/vnd.kubernetes.protobuf\n\n");
  out.body = std::move(body);
  return out;
}

/// The magic and a runtime.Unknown; every length fits one octet.
std::string unknown(const std::string& api_version, const std::string& kind,
                    const std::string& raw) {
  const auto field = [](char number, const std::string& value) {
    return std::string{static_cast<char>(number << 3 | 2),
                       static_cast<char>(value.size())}
           + value;
  };
  return std::string{"k8s\0", 4}
         + field(1, field(1, api_version) + field(2, kind)) + field(2, raw);
}

} // namespace

TEST_CASE("kubectl 1.32 creates a namespace with a protobuf body") {
  gateway_world world;
  const auto answer =
      world.send(protobuf("POST /api/v1/namespaces",
                          unknown("v1", "Namespace", "\x0a\x04\x0a\x02n1")));
  CHECK(answer->code() == 201);
  CHECK(find_header(answer->headers(), "Content-Type") == "application/json");
  CHECK(answer->body().find(R"("metadata":{"name":"n1")") != std::string::npos);
}

TEST_CASE("a protobuf body of another kind, or that is none, is refused") {
  gateway_world world;
  const auto code = [&](std::string body) {
    return world.send(protobuf("POST /api/v1/namespaces", std::move(body)))
        ->code();
  };
  CHECK(code(unknown("v1", "ConfigMap", "\x0a\x04\x0a\x02n1")) == 400);
  CHECK(code(unknown("v1", "Nothing", "")) == 400);
  CHECK(code("k8s") == 400);
  CHECK(code("") == 400);
  CHECK(code(unknown("v1", "Namespace", "\x0a\x7f")) == 400);
}

TEST_CASE("DeleteOptions may be of any group version") {
  for (const std::string version : {"v1", "meta.k8s.io/v1", "apps/v1"}) {
    INFO(version);
    auto request = protobuf("DELETE /api/v1/namespaces/n1",
                            unknown(version, "DeleteOptions", ""));
    CHECK(gateway::read_delete_options(request, 1024));
    request = parse_request("DELETE /\n\n"
                            R"({"kind":"DeleteOptions",)"
                            R"("apiVersion":")"
                            + version + R"(","dryRun":["All"]})");
    const auto options = gateway::read_delete_options(request, 1024);
    REQUIRE(options);
    CHECK(options->dry_run);
  }
  auto other = parse_request("DELETE /\n\n{\"kind\":\"Pod\"}");
  CHECK_FALSE(gateway::read_delete_options(other, 1024));
}
