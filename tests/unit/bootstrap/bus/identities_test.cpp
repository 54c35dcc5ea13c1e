#include "bootstrap/bus/identities.hpp"
#include "messages/base/base64.hpp"
#include "runtime/nats/nkey.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace troupe;
using namespace troupe::bus;
using nlohmann::json;

namespace {

const wall_time now{std::chrono::seconds{1'700'000'000}};

/// The claims of a JWT.
json claims(const std::string& jwt) {
  const auto first = jwt.find('.');
  const auto second = jwt.find('.', first + 1);
  return json::parse(
      base64url_decode(jwt.substr(first + 1, second - first - 1)).value());
}

std::string jwt_of(const std::string& credentials) {
  const auto begin = credentials.find('\n') + 1;
  return credentials.substr(begin, credentials.find('\n', begin) - begin);
}

} // namespace

TEST_CASE("an authority and its file", "[bus]") {
  const auto made = make_authority("c1", now);
  auto read = parse_authority(to_json(made));
  REQUIRE(read.has_value());
  CHECK(*read == made);
  CHECK_FALSE(make_authority("c1", now) == made);

  const auto by = nkey::parse(made.operator_seed, nkey_kind::operator_);
  const auto account = nkey::parse(made.account_seed, nkey_kind::account);
  const auto top = claims(made.operator_jwt);
  CHECK(top["iss"] == by->public_key());
  CHECK(top["sub"] == by->public_key());
  CHECK(top["iat"] == 1'700'000'000);
  CHECK(top["nats"]["type"] == "operator");
  const auto below = claims(made.account_jwt);
  CHECK(below["iss"] == by->public_key());
  CHECK(below["sub"] == account->public_key());
  CHECK(below["nats"]["limits"]["conn"] == -1);
}

TEST_CASE("what is no authority's file", "[bus]") {
  const auto good = json::parse(to_json(make_authority("c1", now)));
  CHECK_FALSE(parse_authority("").has_value());
  CHECK_FALSE(parse_authority("[]").has_value());
  for (auto& [name, value] : good.items()) {
    INFO(name);
    auto changed = good;
    changed.erase(name);
    // Those of before there were several servers have no password.
    CHECK(parse_authority(changed.dump()).has_value()
          == (name == "routePassword"));
  }
  auto changed = good;
  changed["accountSeed"] = good["operatorSeed"];
  CHECK_FALSE(parse_authority(changed.dump()).has_value());
  changed = good;
  changed["routePassword"] = "\"}";
  CHECK_FALSE(parse_authority(changed.dump()).has_value());
}

TEST_CASE("credentials say what their process may", "[bus]") {
  const auto by = make_authority("c1", now);
  const auto made = issue_credentials(by, "c1", {"node", "n.1"}, now);
  REQUIRE(made.has_value());
  const auto read = claims(jwt_of(*made));
  CHECK(read["name"] == "node/n.1");
  CHECK(read["iss"]
        == nkey::parse(by.account_seed, nkey_kind::account)->public_key());
  CHECK(read["nats"]["pub"] == json{{"allow", {"c1.node.n%2E1.server.>"}}});
  CHECK(read["nats"]["sub"]
        == json{{"allow",
                 {"c1.server.*.node.n%2E1.>", "c1.nobody.*.node.n%2E1.>"}}});
  CHECK(made->find("-----BEGIN USER NKEY SEED-----\nSU") != std::string::npos);
}

TEST_CASE("who gets no credentials", "[bus]") {
  const auto by = make_authority("c1", now);
  for (auto& who : {bus_peer{"nobody", "x"}, bus_peer{"server", "any"},
                    bus_peer{"node", ""}})
    CHECK(issue_credentials(by, "c1", who, now).error().code
          == errc::invalid_argument);
}
