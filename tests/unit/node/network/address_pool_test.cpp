#include "messages/base/crc32c.hpp"
#include "node/network/address_pool.hpp"
#include "node/network/pod_link.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <set>

using namespace troupe;
using namespace troupe::network;

namespace {

ip_address ip(std::string_view text) {
  return ip_address::parse(text).value();
}

ip_prefix net(std::string_view text) {
  return ip_prefix::parse(text).value();
}

using addresses = std::vector<ip_address>;

/// A text with the checksum that goes with it.
bytes sealed(const std::string& lines) {
  const auto body = "troupe pod addresses 1\n" + lines;
  char sum[16];
  std::snprintf(sum, sizeof sum, "sum %08x\n", crc32c(body));
  return body + sum;
}

} // namespace

TEST_CASE("ranges must have room and differ in family") {
  struct row {
    std::vector<const char*> given;
    bool good;
  };

  const row rows[] = {
      {{"10.244.1.0/24"}, true},
      {{"10.244.1.0/30"}, true},
      {{"10.244.1.0/31"}, false},
      {{"fd00::/64"}, true},
      {{"fd00::/126"}, true},
      {{"fd00::/127"}, false},
      {{"10.244.1.0/24", "fd00::/64"}, true},
      {{"fd00::/64", "10.244.1.0/24"}, true},
      {{"10.244.1.0/24", "10.244.2.0/24"}, false},
      {{"10.244.1.0/24", "fd00::/64", "fd01::/64"}, false},
      {{}, false},
  };
  for (const auto& r : rows) {
    std::vector<ip_prefix> ranges;
    for (const auto* text : r.given)
      ranges.push_back(net(text));
    INFO((r.given.empty() ? "none" : r.given.front()));
    CHECK(address_pool::check_ranges(ranges).has_value() == r.good);
  }
}

TEST_CASE("uids are plain words") {
  for (const char* uid : {"a", "0b8c1c5e-4c1e-4f0a-9d55-0123456789ab", "x_y.z"})
    CHECK(address_pool::check_uid(uid));
  for (const auto& uid : {std::string{}, std::string{"a b"}, std::string{"a\n"},
                          std::string{"a/b"}, std::string(129, 'a')})
    CHECK_FALSE(address_pool::check_uid(uid));
}

TEST_CASE("the first pod comes after the gateway") {
  address_pool pool{{net("10.244.3.0/24"), net("fd00:3::/64")}};
  CHECK(address_pool::gateway(net("10.244.3.0/24")) == ip("10.244.3.1"));
  CHECK(pool.reserve("a").value()
        == addresses{ip("10.244.3.2"), ip("fd00:3::2")});
  CHECK(pool.reserve("b").value()
        == addresses{ip("10.244.3.3"), ip("fd00:3::3")});
  CHECK(pool.reserve("a").value()
        == addresses{ip("10.244.3.2"), ip("fd00:3::2")});
}

TEST_CASE("every address is given once, then there is none") {
  struct row {
    const char* range;
    std::size_t pods;
  };

  const row rows[] = {{"10.244.3.0/30", 1},
                      {"10.244.3.0/24", 253},
                      {"fd00::/126", 2},
                      {"10.0.0.0/8", 65534},
                      {"fd00::/64", 65534}};
  for (const auto& r : rows) {
    INFO(r.range);
    address_pool pool{{net(r.range)}};
    std::set<ip_address> seen;
    // Large ranges are filled up to what is easily watched.
    const auto pods = std::min<std::size_t>(r.pods, 1000);
    for (std::size_t i = 0; i < pods; ++i)
      seen.insert(pool.reserve("p" + std::to_string(i)).value().at(0));
    CHECK(seen.size() == pods);
    if (pods != r.pods)
      continue;
    CHECK(pool.reserve("more").error().code == errc::no_space);
    CHECK(pool.reserve("more").error().message
          == std::string{"no address is left in the pod range "} + r.range);
    CHECK(pool.release("p0"));
    CHECK(pool.reserve("more"));
  }
}

TEST_CASE("a range without room leaves the other as it was") {
  address_pool pool{{net("10.244.3.0/24"), net("fd00::/126")}};
  (void)pool.reserve("a");
  (void)pool.reserve("b");
  const auto before = pool;
  CHECK(pool.reserve("c").error().code == errc::no_space);
  CHECK(pool == before);
}

TEST_CASE("a freed address comes back last") {
  address_pool pool{{net("10.244.3.0/29")}};
  CHECK(pool.reserve("a").value().at(0) == ip("10.244.3.2"));
  CHECK(pool.release("a"));
  CHECK_FALSE(pool.release("a"));
  for (const auto* want :
       {"10.244.3.3", "10.244.3.4", "10.244.3.5", "10.244.3.6", "10.244.3.2"})
    CHECK(pool.reserve(want).value().at(0) == ip(want));
  CHECK(pool.reserve("more").error().code == errc::no_space);
}

TEST_CASE("an adopted pod has just what it says") {
  address_pool pool{{net("10.244.3.0/24")}};
  (void)pool.reserve("a");
  CHECK(pool.reserve_exactly("b", {ip("10.244.3.2")}).error().code
        == errc::conflict);
  for (const auto* outside :
       {"10.244.3.0", "10.244.3.1", "10.244.3.255", "10.244.4.7", "fd00::7"})
    CHECK(pool.reserve_exactly("b", {ip(outside)}).error().code
          == errc::out_of_range);
  CHECK(pool.reserve_exactly("b", {}).error().code == errc::out_of_range);
  CHECK(pool.reserve_exactly("b", {ip("10.244.3.9")}));
  CHECK(pool.reserve_exactly("a", {ip("10.244.3.7")}));
  CHECK(pool.reserve_exactly("a", {ip("10.244.3.7")}));
  CHECK(*pool.find("a") == addresses{ip("10.244.3.7")});
  CHECK(pool.find("c") == nullptr);
  CHECK(pool.reserve_exactly("c", {ip("10.244.3.2")}));
}

TEST_CASE("a pool is read as it was written") {
  const std::vector ranges{net("10.244.3.0/24"), net("fd00:3::/64")};
  address_pool pool{ranges};
  CHECK(address_pool::decode(ranges, pool.encode()).value() == pool);
  for (const auto* uid : {"sum", "last", "pod", "x"})
    (void)pool.reserve(uid);
  (void)pool.release("last");
  const auto text = pool.encode();
  CHECK(address_pool::decode(ranges, text).value() == pool);
  CHECK(text.substr(0, text.rfind("sum "))
        == "troupe pod addresses 1\n"
           "last 10.244.3.5 fd00:3::5\n"
           "pod pod 10.244.3.4 fd00:3::4\n"
           "pod sum 10.244.3.2 fd00:3::2\n"
           "pod x 10.244.3.5 fd00:3::5\n");
}

TEST_CASE("a damaged text is refused") {
  const std::vector ranges{net("10.244.3.0/24")};
  address_pool pool{ranges};
  (void)pool.reserve("a");
  (void)pool.reserve("b");
  const auto text = pool.encode();
  for (std::size_t length = 0; length < text.size(); ++length) {
    INFO(length);
    CHECK(address_pool::decode(ranges, text.substr(0, length)).error().code
          == errc::corrupt);
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    INFO(i);
    auto changed = text;
    changed[i] ^= 1;
    CHECK_FALSE(address_pool::decode(ranges, changed));
  }
  for (const char* lines :
       {"pod a 10.244.3.2\npod b 10.244.3.2\n", "pod a 10.244.3.2\npod a x\n",
        "pod a 10.244.3.2\npod a 10.244.3.3\n", "pod a ten\n", "pod\n", "\n",
        "pod  10.244.3.2\n", "dog a 10.244.3.2\n", "last x\n"}) {
    INFO(lines);
    CHECK(address_pool::decode(ranges, sealed(lines)).error().code
          == errc::corrupt);
  }
  CHECK(address_pool::decode(ranges, "troupe pod addresses 2\nsum 0\n")
            .error()
            .code
        == errc::corrupt);
}

TEST_CASE("other ranges leave out what does not fit them") {
  const auto text = sealed("last 10.244.3.9\npod a 10.244.3.2\n"
                           "pod b 10.244.4.2\npod c 10.244.4.3 fd00::3\n");
  const auto pool = address_pool::decode({net("10.244.4.0/24")}, text).value();
  CHECK(pool.pods().size() == 1);
  CHECK(*pool.find("b") == addresses{ip("10.244.4.2")});
}

TEST_CASE("links and Ethernet addresses are made from what they serve") {
  const auto name = node_link_name("0b8c1c5e-4c1e-4f0a-9d55-0123456789ab");
  CHECK(name.size() == 15);
  CHECK(name.substr(0, 3) == "pod");
  CHECK(name == node_link_name("0b8c1c5e-4c1e-4f0a-9d55-0123456789ab"));
  CHECK(name != node_link_name("0b8c1c5e-4c1e-4f0a-9d55-0123456789ac"));
  CHECK(mac_of(ip("10.244.3.7")).to_string() == "0a:58:0a:f4:03:07");
  CHECK(mac_of(ip("fd00::1:2")).to_string() == "0a:58:00:01:00:02");
}
