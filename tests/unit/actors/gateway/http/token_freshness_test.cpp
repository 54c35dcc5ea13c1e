#include "tests/unit/actors/gateway/http/gateway_world.hpp"

#include <catch2/catch.hpp>

#include <deque>

using namespace troupe;
using namespace troupe::test;

namespace {

/// Finds out about tokens as it is told: none is known at the end.
class forgetful final : public gateway::token_authenticator {
public:
  std::optional<result<gateway::token_holder>>
  authenticate(std::string_view token,
               std::span<const std::string>) const override {
    ++asked;
    if (token == "foreign")
      return std::nullopt;
    if (token == "forged")
      return result<gateway::token_holder>{
          error{errc::permission_denied, "no"}};
    if (asked <= behind)
      return result<gateway::token_holder>{error{errc::not_found, "no"}};
    return result<gateway::token_holder>{
        gateway::token_holder{{"somebody", {}, {"system:masters"}, {}}, {}}};
  }

  mutable int asked = 0;
  int behind = 0;
};

struct fixture {
  std::shared_ptr<forgetful> tokens = std::make_shared<forgetful>();
  gateway_world world{{}, nullptr, {tokens}};

  std::shared_ptr<fake_responder> get(const std::string& token) {
    return world.send(
        parse_request("GET /api/v1/namespaces\nAuthorization: Bearer " + token
                      + "\n\n"),
        "");
  }
};

} // namespace

TEST_CASE("a token that this server has not heard of is judged by a newer "
          "state") {
  fixture at;
  at.tokens->behind = GENERATE(0, 1);
  CHECK(at.get("good")->code() == 200);
  CHECK(at.tokens->asked == 1 + at.tokens->behind);
}

TEST_CASE("a token of what is gone is refused in the end") {
  fixture at;
  at.tokens->behind = 2;
  CHECK(at.get("gone")->code() == 401);
  CHECK(at.tokens->asked == 2);
}

TEST_CASE("a token that nothing could make good costs no look") {
  fixture at;
  CHECK(at.get("foreign")->code() == 401);
  CHECK(at.get("forged")->code() == 401);
  CHECK(at.tokens->asked == 2);
}

TEST_CASE("without a leader nobody knows whether a token is good") {
  fixture at;
  at.tokens->behind = 1;
  at.world.store.lose_leader();
  const auto answer = at.get("good");
  CHECK_FALSE(answer->answered());
  at.world.pass(std::chrono::seconds{11});
  CHECK(answer->code() == 503);
}
