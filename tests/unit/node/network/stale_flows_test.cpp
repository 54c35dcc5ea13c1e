#include "node/network/stale_flows.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::network;

namespace {

ip_address ip(std::string_view text) {
  return ip_address::parse(text).value();
}

service_port dns() {
  service_port out;
  out.service = "kube-system/dns";
  out.protocol = port_protocol::udp;
  out.port = 53;
  out.node_port = 30053;
  out.cluster_addresses = {ip("10.96.0.10")};
  out.external_addresses = {ip("192.0.2.7")};
  service_endpoint serving;
  serving.address = ip("10.244.1.2");
  serving.port = 5353;
  service_endpoint ending = serving;
  ending.address = ip("10.244.1.3");
  ending.ready = false;
  ending.terminating = true;
  service_endpoint broken = serving;
  broken.address = ip("10.244.1.4");
  broken.ready = broken.serving = false;
  out.endpoints = {serving, ending, broken};
  return out;
}

} // namespace

TEST_CASE("a flow that leads to nobody of its service is stale") {
  struct {
    const char* to;
    std::uint16_t port;
    const char* answers;
    std::uint16_t answers_port;
    bool stale;
  } const cases[] = {
      {"10.96.0.10", 53, "10.244.1.2", 5353, false},
      {"10.96.0.10", 53, "10.244.1.3", 5353, false}, // it still serves
      {"10.96.0.10", 53, "10.244.1.4", 5353, true},
      {"10.96.0.10", 53, "10.244.1.9", 5353, true},
      {"10.96.0.10", 53, "10.244.1.2", 53, true},
      {"10.96.0.10", 53, "10.96.0.10", 53, true},    // led nowhere
      {"10.96.0.10", 54, "10.244.1.9", 5353, false}, // none of it
      {"192.0.2.7", 53, "10.244.1.9", 5353, true},
      {"10.89.1.1", 30053, "10.244.1.2", 5353, false},
      {"10.89.1.1", 30053, "10.89.1.1", 30053, true},
      {"198.51.100.1", 30053, "198.51.100.1", 30053, false}, // somebody else
  };
  for (const auto& [to, port, answers, answers_port, stale] : cases) {
    INFO(to << ":" << port << " from " << answers << ":" << answers_port);
    const sys::udp_flow flow{
        {ip("10.244.1.9"), 40000}, {ip(to), port}, {ip(answers), answers_port}};
    const auto found = stale_flows({flow}, {dns()}, {ip("10.89.1.1")});
    CHECK((found.size() == 1) == stale);
  }
}

TEST_CASE("flows of services without endpoints, and of other protocols, stay") {
  const sys::udp_flow flow{
      {ip("10.244.1.9"), 40000}, {ip("10.96.0.10"), 53}, {ip("10.244.1.9"), 5}};
  auto service = dns();
  CHECK(stale_flows({flow}, {service}, {}).size() == 1);
  service.endpoints.clear();
  CHECK(stale_flows({flow}, {service}, {}).empty());
  service = dns();
  service.protocol = port_protocol::tcp;
  CHECK(stale_flows({flow}, {service}, {}).empty());
}
