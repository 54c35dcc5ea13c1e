#include "node/dns/upstream.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::dns;

TEST_CASE("the nameservers of a resolv.conf", "[dns]") {
  const auto ip = [](const char* text) { return *ip_address::parse(text); };
  const auto read = [&](const char* text) {
    std::string out;
    for (const auto& each : read_upstreams(text, {ip("10.89.1.1")}))
      out += each.address.to_string() + " ";
    return out;
  };
  CHECK(read("").empty());
  CHECK(read("search a b\nnameserver 192.0.2.1\n") == "192.0.2.1 ");
  CHECK(read("# nameserver 192.0.2.1\nnameserver\nnameserver x\n"
             "\tnameserver  2001:db8::1 \nnameserver 192.0.2.2")
        == "2001:db8::1 192.0.2.2 ");
  // Not itself, none twice, three at most.
  CHECK(read("nameserver 10.89.1.1\nnameserver 1.1.1.1\nnameserver 1.1.1.1\n"
             "nameserver 1.1.1.2\nnameserver 1.1.1.3\nnameserver 1.1.1.4\n")
        == "1.1.1.1 1.1.1.2 1.1.1.3 ");
}
