#include "node/agent/network_values.hpp"
#include "tests/unit/node/agent/watched.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::agent;
using network::service_port;
using network::traffic_policy;

namespace {

using test::print;
using test::table_of;

std::string print(const network::service_endpoint& endpoint) {
  auto out =
      " " + endpoint.address.to_string() + "|" + std::to_string(endpoint.port);
  out += endpoint.ready ? "" : "|unready";
  out += endpoint.serving ? "" : "|broken";
  out += endpoint.terminating ? "|ending" : "";
  out += endpoint.local ? "|local" : "";
  out += endpoint.elsewhere ? "|elsewhere" : "";
  return out;
}

std::string print(const service_port& port) {
  auto out = port.service + " " + std::string{word_of(port.protocol)} + " "
             + std::to_string(port.port) + " " + print(port.cluster_addresses);
  if (port.node_port != 0)
    out += " node_port=" + std::to_string(port.node_port);
  if (!port.external_addresses.empty())
    out += " external=" + print(port.external_addresses);
  if (!port.balancer_addresses.empty())
    out += " balancer=" + print(port.balancer_addresses);
  for (const auto& each : port.balancer_clients)
    out += " client=" + each.to_string();
  if (port.affinity_seconds)
    out += " affinity=" + std::to_string(*port.affinity_seconds);
  if (port.internal_policy == traffic_policy::local)
    out += " inside=Local";
  if (port.external_policy == traffic_policy::local)
    out += " outside=Local";
  for (const auto& each : port.endpoints)
    out += print(each);
  return out + "\n";
}

std::string ports_of(const std::vector<std::string>& services,
                     const std::vector<std::string>& slices) {
  const auto nodes = table_of("v1", "Node", {R"({"metadata":{"name":"n1",
      "labels":{"topology.kubernetes.io/zone":"z1"}}})"});
  std::string out;
  for (const auto& each : to_service_ports(
           table_of("v1", "Service", services),
           table_of("discovery.k8s.io/v1", "EndpointSlice", slices), nodes,
           "n1"))
    out += print(each);
  return out;
}

std::string slice(const std::string& ports, const std::string& endpoints,
                  const std::string& more = R"("addressType":"IPv4")") {
  return R"({"metadata":{"name":"web-x","namespace":"default","labels":{
      "kubernetes.io/service-name":"web"}},)"
         + more + R"(,"ports":[)" + ports + R"(],"endpoints":[)" + endpoints
         + "]}";
}

/// A service of one port, named "http", with these fields beside.
std::string web(const std::string& fields = "",
                const std::string& addresses = R"("10.96.0.10")") {
  return R"({"metadata":{"name":"web","namespace":"default"},"spec":{
      "clusterIP":"10.96.0.10","clusterIPs":[)"
         + addresses + R"(],
      "ports":[{"name":"http","protocol":"TCP","port":80}])"
         + fields + "}}";
}

constexpr const char* http = R"({"name":"http","protocol":"TCP","port":8080})";

} // namespace

TEST_CASE("nodes have places", "[agent]") {
  const auto places = to_node_places(
      table_of("v1", "Node",
               {R"({"metadata":{"name":"n2"},"spec":{"podCIDR":"10.244.1.0/24"},
           "status":{"addresses":[{"type":"Hostname","address":"n2"},
             {"type":"ExternalIP","address":"192.0.2.1"},
             {"type":"InternalIP","address":"10.89.1.2"},
             {"type":"InternalIP","address":"nonsense"}]}})",
                R"({"metadata":{"name":"n1"},"spec":{"podCIDR":"10.244.0.0/24",
           "podCIDRs":["10.244.0.0/24","fd00:244::/64"]}})",
                R"({"metadata":{"name":"n3"}})"}));
  REQUIRE(places.size() == 3);
  CHECK(places[0].name == "n1");
  CHECK(places[0].pod_cidrs.size() == 2);
  CHECK(places[0].addresses.empty());
  CHECK(places[1].name == "n2");
  CHECK(places[1].pod_cidrs
        == std::vector{ip_prefix::parse("10.244.1.0/24").value()});
  CHECK(print(places[1].addresses) == "10.89.1.2");
  CHECK(places[2].pod_cidrs.empty());
  CHECK(pod_ranges_of(places, "n1") == places[0].pod_cidrs);
  CHECK(pod_ranges_of(places, "n9").empty());
}

TEST_CASE("services have ports, and ports have endpoints", "[agent]") {
  struct {
    const char* name;
    std::vector<std::string> services;
    std::vector<std::string> slices;
    const char* want;
  } const cases[] = {
      {"none", {}, {}, ""},
      {"without slices", {web()}, {}, "default/web tcp 80 10.96.0.10\n"},
      {"endpoints here and there",
       {web()},
       {slice(http, R"({"addresses":["10.244.0.2"],"nodeName":"n1"},
                       {"addresses":["10.244.1.2"],"nodeName":"n2",
                        "conditions":{"ready":true,"serving":true}})")},
       "default/web tcp 80 10.96.0.10 10.244.0.2|8080|local "
       "10.244.1.2|8080\n"},
      {"conditions",
       {web()},
       {slice(http,
              R"({"addresses":["10.244.1.2"],"conditions":{"ready":false}},
                 {"addresses":["10.244.1.3"],"conditions":{"ready":false,
                  "serving":true,"terminating":true}},
                 {"addresses":["10.244.1.4"],"conditions":{"ready":false,
                  "serving":false,"terminating":true}})")},
       "default/web tcp 80 10.96.0.10 10.244.1.2|8080|unready "
       "10.244.1.3|8080|unready|ending "
       "10.244.1.4|8080|unready|broken|ending\n"},
      {"ports by name and protocol",
       {R"({"metadata":{"name":"web","namespace":"default"},"spec":{
            "clusterIP":"10.96.0.10","ports":[
            {"name":"a","protocol":"TCP","port":53},
            {"name":"b","protocol":"UDP","port":53,"nodePort":30053},
            {"name":"c","protocol":"SCTP","port":54}]}})"},
       {slice(R"({"name":"b","protocol":"UDP","port":5353},
                 {"name":"a","protocol":"TCP","port":5354},
                 {"name":"c","protocol":"TCP","port":1},{"name":"c"})",
              R"({"addresses":["10.244.1.2"]})")},
       "default/web tcp 53 10.96.0.10 10.244.1.2|5354\n"
       "default/web udp 53 10.96.0.10 node_port=30053 10.244.1.2|5353\n"
       "default/web sctp 54 10.96.0.10\n"},
      {"a port without a name",
       {R"({"metadata":{"name":"web","namespace":"default"},"spec":{
            "clusterIP":"10.96.0.10","ports":[{"port":80}]}})"},
       {slice(R"({"name":"","protocol":"TCP","port":8080})",
              R"({"addresses":["10.244.1.2"]})")},
       "default/web tcp 80 10.96.0.10 10.244.1.2|8080\n"},
      {"several slices, both families",
       {web("", R"("10.96.0.10","fd00::a")")},
       {slice(http, R"({"addresses":["10.244.1.2"]})"),
        slice(http, R"({"addresses":["fd00::2"]})", R"("addressType":"IPv6")"),
        slice(http, R"({"addresses":["example.org"]})",
              R"("addressType":"FQDN")")},
       "default/web tcp 80 10.96.0.10,fd00::a 10.244.1.2|8080 fd00::2|8080\n"},
      {"everything a service may say",
       {web(R"(,"type":"LoadBalancer","externalIPs":["192.0.2.7","x"],
            "sessionAffinity":"ClientIP","internalTrafficPolicy":"Local",
            "externalTrafficPolicy":"Local",
            "loadBalancerSourceRanges":["198.51.100.0/24"]},
            "status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.8"},
            {"ip":"192.0.2.9","ipMode":"Proxy"},{"hostname":"h"}]})")},
       {},
       "default/web tcp 80 10.96.0.10 external=192.0.2.7 balancer=192.0.2.8 "
       "client=198.51.100.0/24 affinity=10800 inside=Local outside=Local\n"},
      {"affinity for a while",
       {web(R"(,"sessionAffinity":"ClientIP","sessionAffinityConfig":{
            "clientIP":{"timeoutSeconds":60}})")},
       {},
       "default/web tcp 80 10.96.0.10 affinity=60\n"},
      {"those without an address, and others'",
       {R"({"metadata":{"name":"a","namespace":"default"},"spec":{
            "clusterIP":"None","ports":[{"port":80}]}})",
        R"({"metadata":{"name":"b","namespace":"default"},"spec":{
            "ports":[{"port":80}]}})",
        R"({"metadata":{"name":"c","namespace":"default"},"spec":{
            "type":"ExternalName","externalName":"x","clusterIP":"10.96.0.1",
            "ports":[{"port":80}]}})",
        R"({"metadata":{"name":"d","namespace":"default","labels":{
            "service.kubernetes.io/service-proxy-name":"x"}},"spec":{
            "clusterIP":"10.96.0.1","ports":[{"port":80}]}})"},
       {},
       ""},
      {"another namespace's slices",
       {R"({"metadata":{"name":"web","namespace":"other"},"spec":{
            "clusterIP":"10.96.0.10","ports":[{"name":"http","port":80}]}})"},
       {slice(http, R"({"addresses":["10.244.1.2"]})")},
       "other/web tcp 80 10.96.0.10\n"},
  };
  for (const auto& [name, services, slices, want] : cases) {
    INFO(name);
    CHECK(ports_of(services, slices) == want);
  }
}

TEST_CASE("hints lead to the node, else to its zone", "[agent]") {
  const auto endpoint = [](const char* address, const char* hints) {
    return R"({"addresses":[")" + std::string{address} + R"("],"hints":)"
           + hints + "}";
  };
  const auto listed = [&](const char* a, const char* b) {
    const auto all = ports_of(
        {web()},
        {slice(http, endpoint("10.0.0.1", a) + "," + endpoint("10.0.0.2", b))});
    return all.substr(all.find(" 10.0.0.1"));
  };
  const auto* n1 = R"({"forNodes":[{"name":"n1"}]})";
  const auto* n2 = R"({"forNodes":[{"name":"n2"}]})";
  const auto* z1 = R"({"forZones":[{"name":"z1"}]})";
  const auto* z2 = R"({"forZones":[{"name":"z2"}]})";
  const auto* both =
      R"({"forNodes":[{"name":"n2"}],"forZones":[{"name":"z1"}]})";
  CHECK(listed(n1, n2) == " 10.0.0.1|8080 10.0.0.2|8080|elsewhere\n");
  CHECK(listed(z2, z1) == " 10.0.0.1|8080|elsewhere 10.0.0.2|8080\n");
  CHECK(listed(z2, both) == " 10.0.0.1|8080|elsewhere 10.0.0.2|8080\n");
  // None for us, or not all have them: all count.
  for (const auto* other : {n2, z2, "{}"})
    CHECK(listed(n2, other) == " 10.0.0.1|8080 10.0.0.2|8080\n");
}
