#include "node/lab/lab_plan.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace troupe;
using namespace troupe::lab;

namespace {

lab_config config_of(std::size_t servers, std::size_t nodes) {
  lab_config out;
  out.directory = "/run/troupe/c1";
  out.servers = servers;
  out.nodes = nodes;
  return out;
}

} // namespace

TEST_CASE("members have fixed names and places") {
  auto config = config_of(2, 3);
  config.guests = {"registry", "client"};
  config.private_ranges = {ip_prefix::parse("10.244.0.0/16").value()};
  const auto plan = make_lab_plan(config).value();
  CHECK(plan.pin_directory == "/run/troupe/c1/netns");
  CHECK(plan.lan_netns_path == "/run/troupe/c1/netns/lan");
  REQUIRE(plan.private_ranges.size() == 2);
  CHECK(plan.private_ranges[1].to_string() == "10.89.0.0/16");
  struct row {
    const char* name;
    member_role role;
    const char* address;
  };

  const row rows[] = {
      {"s1", member_role::server, "10.89.0.11"},
      {"s2", member_role::server, "10.89.0.12"},
      {"n1", member_role::node, "10.89.1.1"},
      {"n2", member_role::node, "10.89.1.2"},
      {"n3", member_role::node, "10.89.1.3"},
      {"registry", member_role::guest, "10.89.0.200"},
      {"client", member_role::guest, "10.89.0.201"},
  };
  REQUIRE(plan.members.size() == std::size(rows));
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    INFO(rows[i].name);
    const auto& member = plan.members[i];
    CHECK(member.name == rows[i].name);
    CHECK(member.role == rows[i].role);
    CHECK(member.address.to_string() == rows[i].address);
    CHECK(member.netns_path
          == member_netns_path(config.directory, member.name));
    CHECK(plan.find(rows[i].name) == &member);
  }
  CHECK(plan.find("n4") == nullptr);
}

TEST_CASE("a larger lab leaves every member where it is") {
  const auto small = make_lab_plan(config_of(1, 2)).value();
  const auto large = make_lab_plan(config_of(3, 9)).value();
  for (const auto& member : small.members)
    CHECK(*large.find(member.name) == member);
}

TEST_CASE("the largest lab has room, and nobody's place is another's") {
  auto config = config_of(lab_plan::servers_max, lab_plan::nodes_max);
  for (std::size_t i = 0; i < lab_plan::guests_max; ++i)
    config.guests.push_back("guest" + std::to_string(i));
  config.lan = ip_prefix::parse("172.16.0.0/16").value();
  const auto plan = make_lab_plan(config).value();
  std::set<ip_address> addresses;
  for (const auto& member : plan.members) {
    CHECK(addresses.insert(member.address).second);
    CHECK(member.name.size() <= 15);
  }
  CHECK(addresses.size()
        == lab_plan::servers_max + lab_plan::nodes_max + lab_plan::guests_max);
}

TEST_CASE("what is wrong with a lab is named") {
  struct row {
    const char* want;
    lab_config given;
  };

  const auto with = [](auto change) {
    auto out = config_of(1, 3);
    change(out);
    return out;
  };
  const row rows[] = {
      {"servers: at most 9, not 10", config_of(10, 3)},
      {"nodes: at most 250, not 251", config_of(1, 251)},
      {"guests: at most 50, not 51",
       with([](auto& c) { c.guests.assign(51, "a"); })},
      {"two guests have the name \"a\"", with([](auto& c) {
         c.guests = {"a", "b", "a"};
       })},
      {"the guest's name \"n7\" is the lab's own",
       with([](auto& c) { c.guests = {"n7"}; })},
      {"the guest's name \"lan\" is the lab's own",
       with([](auto& c) { c.guests = {"lan"}; })},
      {"the guest's name \"a_b\" is not 1 to 15 of a-z, 0-9 and '-'",
       with([](auto& c) { c.guests = {"a_b"}; })},
      {"the guest's name \"sixteen-letters-\" is not 1 to 15 of a-z, 0-9 and "
       "'-'",
       with([](auto& c) { c.guests = {"sixteen-letters-"}; })},
      {"lan: 10.89.0.0/17 is not an IPv4 range of 16 bits or fewer",
       with([](auto& c) { c.lan = ip_prefix::parse("10.89.0.0/17").value(); })},
      {"lan: fd00::/16 is not an IPv4 range of 16 bits or fewer",
       with([](auto& c) { c.lan = ip_prefix::parse("fd00::/16").value(); })},
      {"directory: \"run\" is not an absolute path without a slash at its end",
       with([](auto& c) { c.directory = "run"; })},
      {"directory: \"/run/\" is not an absolute path without a slash at its "
       "end",
       with([](auto& c) { c.directory = "/run/"; })},
  };
  for (const auto& r : rows) {
    const auto plan = make_lab_plan(r.given);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().message == r.want);
  }
}
