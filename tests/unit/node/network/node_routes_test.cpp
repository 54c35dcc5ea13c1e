#include "node/network/node_routes.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::network;

namespace {

ip_address ip(std::string_view text) {
  return ip_address::parse(text).value();
}

ip_prefix net(std::string_view text) {
  return ip_prefix::parse(text).value();
}

node_place place(std::string name, std::vector<std::string> addresses,
                 std::vector<std::string> ranges) {
  node_place out{std::move(name), {}, {}};
  for (const auto& each : addresses)
    out.addresses.push_back(ip(each));
  for (const auto& each : ranges)
    out.pod_cidrs.push_back(net(each));
  return out;
}

std::string print(const std::map<ip_prefix, ip_address>& ways) {
  std::string out;
  for (const auto& [range, way] : ways)
    out += range.to_string() + " via " + way.to_string() + '\n';
  return out;
}

} // namespace

TEST_CASE("the pods of other nodes are behind their nodes") {
  const auto self = place("n1", {"10.89.1.1"}, {"10.244.0.0/24"});
  struct {
    const char* name;
    std::vector<node_place> nodes;
    const char* want;
  } const cases[] = {
      {"alone", {self}, ""},
      {"itself not known yet",
       {place("n2", {"10.89.1.2"}, {"10.244.1.0/24"})},
       "10.244.1.0/24 via 10.89.1.2\n"},
      {"two others",
       {self, place("n2", {"10.89.1.2"}, {"10.244.1.0/24"}),
        place("n3", {"10.89.1.3"}, {"10.244.2.0/24"})},
       "10.244.1.0/24 via 10.89.1.2\n10.244.2.0/24 via 10.89.1.3\n"},
      {"both families, each by its own",
       {self, place("n2", {"10.89.1.2", "fd00::2"},
                    {"10.244.1.0/24", "fd00:244:1::/64"})},
       "10.244.1.0/24 via 10.89.1.2\nfd00:244:1::/64 via fd00::2\n"},
      {"no address of the family",
       {self, place("n2", {"10.89.1.2"}, {"fd00:244:1::/64"})},
       ""},
      {"no range yet", {self, place("n2", {"10.89.1.2"}, {})}, ""},
      {"no address yet", {self, place("n2", {}, {"10.244.1.0/24"})}, ""},
      {"what this node has, and what another has",
       {self, place("n2", {"10.89.1.2"}, {"10.244.0.0/24", "10.244.4.0/24"}),
        place("n3", {"10.89.1.3"}, {"10.244.4.0/24"})},
       "10.244.4.0/24 via 10.89.1.2\n"},
  };
  for (const auto& [name, nodes, want] : cases) {
    INFO(name);
    CHECK(print(find_ways("n1", nodes)) == want);
  }
}
