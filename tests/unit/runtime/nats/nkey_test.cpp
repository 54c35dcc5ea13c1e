#include "runtime/nats/nkey.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::bus;

TEST_CASE("keys as NATS' tools spell them", "[bus]") {
  // A pair from NATS' documentation.
  const std::string seed =
      "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";
  auto key = nkey::parse(seed, nkey_kind::user);
  REQUIRE(key.has_value());
  CHECK(key->seed() == seed);
  CHECK(key->public_key()
        == "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4");
  CHECK(key->sign("x").size() == 64);
  CHECK(key->sign("x") == key->sign("x"));
  CHECK(key->sign("x") != key->sign("y"));
}

TEST_CASE("new keys", "[bus]") {
  struct row {
    nkey_kind kind;
    std::string public_head;
    std::string seed_head;
  };
  for (auto& [kind, public_head, seed_head] :
       {row{nkey_kind::operator_, "O", "SO"},
        row{nkey_kind::account, "A", "SA"}, row{nkey_kind::user, "U", "SU"}}) {
    auto key = nkey::make(kind);
    CHECK(key.public_key().starts_with(public_head));
    CHECK(key.public_key().size() == 56);
    CHECK(key.seed().starts_with(seed_head));
    CHECK(key.seed().size() == 58);
    auto again = nkey::parse(key.seed(), kind);
    REQUIRE(again.has_value());
    CHECK(again->public_key() == key.public_key());
    CHECK(nkey::make(kind).seed() != key.seed());
  }
}

TEST_CASE("what is no seed", "[bus]") {
  const auto seed = nkey::make(nkey_kind::user).seed();
  auto changed = seed;
  changed[10] = changed[10] == 'A' ? 'B' : 'A';
  CHECK_FALSE(nkey::parse(changed, nkey_kind::user).has_value());
  CHECK_FALSE(nkey::parse(seed, nkey_kind::account).has_value());
  CHECK_FALSE(nkey::parse(seed.substr(0, 57), nkey_kind::user).has_value());
  CHECK_FALSE(nkey::parse(seed + "A", nkey_kind::user).has_value());
  CHECK_FALSE(nkey::parse("", nkey_kind::user).has_value());
  CHECK_FALSE(nkey::parse("not base32!", nkey_kind::user).has_value());
}

TEST_CASE("base32", "[bus]") {
  // The examples of RFC 4648 section 10, without padding.
  struct row {
    const char* plain;
    const char* coded;
  };
  for (auto& [plain, coded] :
       {row{"", ""}, row{"f", "MY"}, row{"fo", "MZXQ"}, row{"foo", "MZXW6"},
        row{"foob", "MZXW6YQ"}, row{"fooba", "MZXW6YTB"},
        row{"foobar", "MZXW6YTBOI"}}) {
    CHECK(encode_base32(plain) == coded);
    CHECK(decode_base32(coded).value() == plain);
  }
  CHECK_FALSE(decode_base32("my").has_value());
  CHECK_FALSE(decode_base32("MY======").has_value());
}
