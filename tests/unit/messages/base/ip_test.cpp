#include "messages/base/ip.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace troupe;

namespace {

ip_address ip(std::string_view text) {
  return ip_address::parse(text).value();
}

ip_prefix net(std::string_view text) {
  return ip_prefix::parse(text).value();
}

} // namespace

TEST_CASE("an address is written in one way") {
  struct row {
    const char* given;
    const char* want;
  };

  const row rows[] = {
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255", "255.255.255.255"},
      {"10.244.0.7", "10.244.0.7"},
      {"::", "::"},
      {"::1", "::1"},
      {"1::", "1::"},
      {"2001:DB8::FFFF", "2001:db8::ffff"},
      {"2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"1:0:0:2:3:0:0:0", "1:0:0:2:3::"},
      {"0:1:2:3:4:5:6:0", "0:1:2:3:4:5:6:0"},
      {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
      {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
      {"::ffff:10.1.2.3", "::ffff:10.1.2.3"},
      {"::ffff:a01:203", "::ffff:10.1.2.3"},
      {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
      {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
      {"::10.0.0.1", "::a00:1"},
  };
  for (const auto& r : rows) {
    INFO(r.given);
    REQUIRE(ip_address::parse(r.given));
    CHECK(ip(r.given).to_string() == r.want);
    CHECK(ip(ip(r.given).to_string()) == ip(r.given));
  }
}

TEST_CASE("what is no address is refused") {
  for (const char* text : {"",
                           " 1.2.3.4",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.256",
                           "01.2.3.4",
                           "1.2.3.04",
                           "1..2.3",
                           "1.2.3.4.",
                           ".1.2.3.4",
                           "-1.2.3.4",
                           "1.2.3.a",
                           ":",
                           ":::",
                           "1:",
                           ":1",
                           "1::2::3",
                           "12345::",
                           "g::",
                           "fe80::1%eth0",
                           "1:2:3:4:5",
                           "1.2.3.4::",
                           "::1.2.3",
                           "::1.2.3.4:5",
                           "+1::",
                           "0x1::",
                           "1::2:",
                           "1.2.3.4:80",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4::5:6:7:8",
                           "1:2:3:4:5:6:7:1.2.3.4"}) {
    INFO(text);
    CHECK_FALSE(ip_address::parse(text));
  }
  CHECK(ip_address::parse("1.2.3").error().message
        == "\"1.2.3\" is not an IP address (expected such as 10.9.8.7 or "
           "2001:db8::ffff)");
}

TEST_CASE("addresses are ordered and counted") {
  CHECK(ip("10.0.0.9") < ip("10.0.0.10"));
  CHECK(ip("255.255.255.255") < ip("::"));
  CHECK(ip("::ffff:1.2.3.4") != ip("1.2.3.4"));
  CHECK(ip("10.0.0.255").plus(1) == ip("10.0.1.0"));
  CHECK(ip("10.0.0.0").plus(0x01020304) == ip("11.2.3.4"));
  CHECK(ip("255.255.255.255").plus(0) == ip("255.255.255.255"));
  CHECK_FALSE(ip("255.255.255.255").plus(1));
  CHECK(ip("::ffff:ffff:ffff:ffff").plus(1) == ip("0:0:0:1::"));
  CHECK(ip("::1").plus(std::numeric_limits<std::uint64_t>::max())
        == ip("0:0:0:1::"));
  CHECK(ip("10.0.1.0").minus(ip("10.0.0.255")) == 1);
  CHECK_FALSE(ip("10.0.0.1").minus(ip("10.0.0.2")));
  CHECK_FALSE(ip("::1").minus(ip("0.0.0.1")));
  CHECK(ip("0:0:0:1::").minus(ip("::1"))
        == std::numeric_limits<std::uint64_t>::max());
  CHECK_FALSE(ip("0:0:0:1::").minus(ip("::")));
}

TEST_CASE("octets go in and out in network order") {
  CHECK(ip("10.1.2.3").octets() == bytes_view("\x0a\x01\x02\x03", 4));
  CHECK(ip_address::from_octets(ip("2001:db8::1").octets()).value()
        == ip("2001:db8::1"));
  CHECK_FALSE(ip_address::from_octets("12345"));
  CHECK(to_string(ip("::").family()) == "IPv6");
}

TEST_CASE("a prefix has one form") {
  CHECK(net("10.244.3.0/24").to_string() == "10.244.3.0/24");
  CHECK(net("0.0.0.0/0").to_string() == "0.0.0.0/0");
  CHECK(net("FD00:10::/32").to_string() == "fd00:10::/32");
  CHECK(ip_prefix::of(ip("10.244.3.77"), 20).value() == net("10.244.0.0/20"));
  CHECK(ip_prefix::of(ip("fd00::ffff"), 113).value() == net("fd00::8000/113"));
  CHECK_FALSE(ip_prefix::of(ip("10.0.0.0"), 33));
  for (const char* text :
       {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08",
        "/8", "10.0.0/8", "::/129", "10.0.0.0/8/8", "10.0.0.0/ 8"}) {
    INFO(text);
    CHECK_FALSE(ip_prefix::parse(text));
  }
  CHECK(ip_prefix::parse("10.244.3.1/24").error().message
        == "\"10.244.3.1/24\" has bits set after its length (expected "
           "10.244.3.0/24)");
}

TEST_CASE("an API object's prefix may have bits set after its length") {
  CHECK(ip_prefix::parse_masked("10.244.3.1/24").value()
        == net("10.244.3.0/24"));
  CHECK(ip_prefix::parse_masked("10.244.3.0/24").value()
        == net("10.244.3.0/24"));
  CHECK_FALSE(ip_prefix::parse_masked("10.244.3.1"));
  CHECK_FALSE(ip_prefix::parse_masked("10.244.3.1/33"));
}

TEST_CASE("a prefix knows its addresses") {
  const auto p = net("10.244.3.0/24");
  CHECK(p.size() == 256);
  CHECK(p.at(255) == ip("10.244.3.255"));
  CHECK_FALSE(p.at(256));
  CHECK(p.contains(ip("10.244.3.0")));
  CHECK_FALSE(p.contains(ip("10.244.4.0")));
  CHECK_FALSE(p.contains(ip("::")));
  CHECK(net("fd00::/64").size() == std::numeric_limits<std::uint64_t>::max());
  CHECK(net("fd00::/65").size() == std::uint64_t{1} << 63);
  CHECK(net("1.2.3.4/32").size() == 1);
  CHECK(net("10.244.0.0/16").contains(p));
  CHECK_FALSE(p.contains(net("10.244.0.0/16")));
  CHECK(p.overlaps(net("10.244.0.0/16")));
  CHECK_FALSE(p.overlaps(net("10.244.2.0/24")));
  CHECK_FALSE(net("0.0.0.0/0").overlaps(net("::/0")));
}
