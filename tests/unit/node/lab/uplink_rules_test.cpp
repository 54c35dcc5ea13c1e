#include "node/lab/lab_plan.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::lab;

namespace {

ip_prefix net(const char* text) {
  return ip_prefix::parse(text).value();
}

uplink_plan plan() {
  return {"troupe-1a2b3c4d", ip_address::parse("10.89.0.1").value(),
          net("10.89.0.0/16")};
}

} // namespace

TEST_CASE("the machine's table for an uplink") {
  CHECK(uplink_rules(plan(), {{net("192.168.1.0/24"), net("172.17.0.0/16")},
                              {"eth0", "wlan0.7"}})
        == R"(add table ip troupe_1a2b3c4d
delete table ip troupe_1a2b3c4d
table ip troupe_1a2b3c4d {
  chain forward {
    type filter hook forward priority 0; policy accept;
    oifname "troupe-1a2b3c4d" ct state established,related accept
    oifname "troupe-1a2b3c4d" reject with icmp type net-prohibited
    iifname { "eth0", "wlan0.7" } oifname != "troupe-1a2b3c4d" drop
    iifname "troupe-1a2b3c4d" ip saddr != 10.89.0.0/16 drop
    iifname "troupe-1a2b3c4d" ip daddr { 192.168.1.0/24, 172.17.0.0/16 } accept
    iifname "troupe-1a2b3c4d" ip daddr { 0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, 192.0.2.0/24, 192.168.0.0/16, 198.18.0.0/15, 198.51.100.0/24, 203.0.113.0/24, 224.0.0.0/3 } reject with icmp type net-unreachable
  }
  chain postrouting {
    type nat hook postrouting priority 100; policy accept;
    ip saddr 10.89.0.0/16 oifname != "troupe-1a2b3c4d" masquerade fully-random
  }
}
)");
}

TEST_CASE("a machine that forwards already has no link opened") {
  const auto rules = uplink_rules(plan(), {});
  CHECK(rules.find("{ }") == rules.npos);
  CHECK(rules.find("iifname {") == rules.npos);
}

TEST_CASE("an uplink has the LAN's first address and a name of its own") {
  lab_config config;
  config.directory = "/run/troupe/c1";
  CHECK_FALSE(make_lab_plan(config).value().uplink);
  config.uplink = uplink_link_name("1a2b3c4d-0000-4000-8000-000000000000");
  CHECK(make_lab_plan(config).value().uplink == plan());
  config.uplink = "longer-than-a-link";
  CHECK_FALSE(make_lab_plan(config));
  config.uplink.reset();
  config.guests = {"uplink"};
  CHECK_FALSE(make_lab_plan(config));
}
