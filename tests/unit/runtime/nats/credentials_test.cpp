#include "runtime/nats/credentials.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using troupe::bus::nkey;
using troupe::bus::nkey_kind;
using troupe::bus::parse_credentials;

TEST_CASE("credentials as NATS' tools write them", "[nats]") {
  const auto seed = nkey::make(nkey_kind::user).seed();
  auto read = parse_credentials("-----BEGIN NATS USER JWT-----\n"
                                "eyJ0.e---yJq.sig-_\n"
                                "------END NATS USER JWT------\n"
                                "\n"
                                "*** IMPORTANT ***\n"
                                "-----BEGIN USER NKEY SEED-----\r\n"
                                + seed
                                + "\r\n"
                                  "------END USER NKEY SEED------\r\n");
  REQUIRE(read.has_value());
  CHECK(read->jwt == "eyJ0.e---yJq.sig-_");
  CHECK(read->key.seed() == seed);
}

TEST_CASE("what is no credentials", "[nats]") {
  for (auto text :
       {"", "SUAM", "-----BEGIN NATS USER JWT-----\neyJ0",
        "-----BEGIN NATS USER JWT-----\neyJ0\n------END NATS USER JWT------\n",
        "-----BEGIN NATS USER JWT-----\n------END NATS USER JWT------\n"
        "-----BEGIN USER NKEY SEED-----\nSU\n------END USER NKEY SEED------"})
    CHECK_FALSE(parse_credentials(text).has_value());
}
