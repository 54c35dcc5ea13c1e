#include "node/agent/dns_values.hpp"
#include "node/agent/network_core.hpp"
#include "tests/unit/node/agent/watched.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::agent;

namespace {

using test::print;
using test::table_of;

std::string print(const std::vector<dns::named_port>& ports) {
  std::string out;
  for (const auto& each : ports)
    out +=
        " " + each.name + "/" + each.protocol + "/" + std::to_string(each.port);
  return out;
}

std::string print(const dns::named_service& service) {
  auto out = service.namespace_ + "/" + service.name;
  if (!service.external_name.empty())
    out += " is " + service.external_name;
  if (!service.addresses.empty())
    out += " " + print(service.addresses);
  out += print(service.ports);
  for (const auto& group : service.groups) {
    out += " slice" + print(group.ports);
    for (const auto& each : group.endpoints)
      out += " " + print(each.addresses)
             + (each.hostname.empty() ? "" : "=" + each.hostname);
  }
  return out + "\n";
}

std::string names_of(const std::vector<std::string>& services,
                     const std::vector<std::string>& slices) {
  std::string out;
  for (const auto& each : to_named_services(
           table_of("v1", "Service", services),
           table_of("discovery.k8s.io/v1", "EndpointSlice", slices)))
    out += print(each);
  return out;
}

constexpr const char* headless = R"({"metadata":{"name":"db",
    "namespace":"one"},"spec":{"clusterIP":"None","clusterIPs":["None"]}})";
constexpr const char* eager = R"({"metadata":{"name":"db","namespace":"one"},
    "spec":{"clusterIP":"None","publishNotReadyAddresses":true}})";
constexpr const char* slice_b = R"({"metadata":{"name":"db-b",
    "namespace":"one","labels":{"kubernetes.io/service-name":"db"}},
    "addressType":"IPv4","ports":[{"name":"sql","port":5432}],"endpoints":[
    {"addresses":["10.244.1.7"],"hostname":"db-0","conditions":{"ready":true}},
    {"addresses":["10.244.1.8"],"conditions":{"ready":false}},
    {"addresses":["x"]},{"addresses":["10.244.1.9"]}]})";
constexpr const char* slice_a = R"({"metadata":{"name":"db-a",
    "namespace":"one","labels":{"kubernetes.io/service-name":"db"}},
    "addressType":"IPv6","ports":[{"name":"dns","protocol":"UDP","port":53}],
    "endpoints":[{"addresses":["fd00::7"],"conditions":{"ready":true}}]})";

} // namespace

TEST_CASE("Services as DNS sees them", "[agent]") {
  CHECK(names_of({R"({"metadata":{"name":"web","namespace":"two"},"spec":{
                      "clusterIP":"10.96.0.7","clusterIPs":["10.96.0.7","fd00::7"],
                      "ports":[{"name":"http","port":80,"protocol":"TCP"},
                               {"port":53,"protocol":"UDP"}]}})",
                  R"({"metadata":{"name":"old","namespace":"one"},"spec":{
                      "clusterIP":"10.96.0.8"}})",
                  R"({"metadata":{"name":"out","namespace":"one"},"spec":{
                      "type":"ExternalName","externalName":"a.example"}})",
                  R"({"metadata":{"name":"soon","namespace":"one"},
                      "spec":{}})"},
                 {})
        == "one/old 10.96.0.8\n"
           "one/out is a.example\n"
           "two/web 10.96.0.7,fd00::7 http/tcp/80 /udp/53\n");
}

TEST_CASE("headless Services have their endpoints' names", "[agent]") {
  CHECK(names_of({headless}, {slice_b, slice_a})
        == "one/db slice dns/udp/53 fd00::7"
           " slice sql/tcp/5432 10.244.1.7=db-0 10.244.1.9\n");
  CHECK(names_of({eager}, {slice_b})
        == "one/db slice sql/tcp/5432 10.244.1.7=db-0 10.244.1.8"
           " 10.244.1.9\n");
  CHECK(names_of({headless}, {}).empty());
}

TEST_CASE("names are told once they are known, and when they change",
          "[agent]") {
  using api_call::event_type;
  network_core core{"n1"};
  const auto next = [&] { return core.next_names("cluster.local"); };
  const auto hear = [&](network_kind what, const char* kind, const char* json) {
    core.heard(
        what, {{event_type::added, 1, false, test::shared_object(kind, json)}});
  };
  const api_call::watch_event end{event_type::bookmark, 9, true, nullptr};
  hear(network_kind::services, "Service", headless);
  CHECK(next() == nullptr);
  core.heard(network_kind::services, {end});
  CHECK(next() == nullptr);
  core.heard(network_kind::slices, {end});
  const auto first = next();
  REQUIRE(first != nullptr);
  CHECK(first->find("svc.cluster.local") != nullptr);
  CHECK(next() == nullptr);
  hear(network_kind::nodes, "Node", R"({"metadata":{"name":"n1"}})");
  CHECK(next() == nullptr);
  // What is told stays when the watch ends.
  core.ended(network_kind::services, "the bus is gone");
  CHECK(next() == nullptr);
}
