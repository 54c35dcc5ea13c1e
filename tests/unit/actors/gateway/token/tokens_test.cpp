#include "actors/gateway/access/user.hpp"
#include "actors/gateway/token/secret_token.hpp"
#include "messages/base/base64.hpp"
#include "tests/unit/actors/gateway/token/token_world.hpp"

using namespace troupe;
using namespace troupe::gateway;
using namespace std::chrono_literals;
using troupe::test::bound_to;
using troupe::test::token_world;

namespace {

/// "" when the token is somebody's, "-" when it is none of ours, else why not.
std::string judged(const token_world& at, const std::string& token,
                   const std::vector<std::string>& audiences = {}) {
  const auto found = at.tokens->authenticate(token, audiences);
  if (!found)
    return "-";
  return *found ? "" : found->error().message;
}

constexpr const char* invalidated =
    "service account token has been invalidated";

} // namespace

TEST_CASE("tokens: whose they are") {
  token_world at;
  const auto token = at.token(bound_to("Pod", "placed"));
  const auto found = at.tokens->authenticate(token, {});
  REQUIRE(found);
  REQUIRE(*found);
  const auto& user = (**found).user;
  CHECK(user.name == "system:serviceaccount:default:web");
  CHECK(user.uid == at.uid("core/serviceaccounts/default/web"));
  CHECK(user.groups
        == std::vector<std::string>{"system:serviceaccounts",
                                    "system:serviceaccounts:default",
                                    "system:authenticated"});
  const auto id = token_world::claims_of(token).id;
  const decltype(user.extra) extra = {
      {"authentication.kubernetes.io/credential-id", {"JTI=" + id}},
      {"authentication.kubernetes.io/node-name", {"n1"}},
      {"authentication.kubernetes.io/node-uid", {at.uid("core/nodes/n1")}},
      {"authentication.kubernetes.io/pod-name", {"placed"}},
      {"authentication.kubernetes.io/pod-uid",
       {at.uid("core/pods/default/placed")}}};
  CHECK(user.extra == extra);
  CHECK((**found).audiences == at.tokens->settings().audiences);
}

TEST_CASE("tokens: only what the cluster's key signed") {
  token_world at;
  const auto token = at.token("{}");
  CHECK(judged(at, token) == "");
  CHECK(judged(at, "abc") == "-");
  CHECK(judged(at, "") == "-");
  auto claims = token_world::claims_of(token);
  const auto other =
      signing::read_es256_key(pki::make_signing_key().value()).value();
  CHECK(judged(at, compose_token(claims, *other))
        == "invalid signature, no keys found");
  auto altered = token;
  auto& within = altered[altered.size() - 10];
  within = within == 'A' ? 'B' : 'A';
  CHECK(judged(at, altered)
        == "go-jose/go-jose: error in cryptographic primitive");
  // Another algorithm is no way around the signature.
  const auto payload = token.substr(token.find('.'));
  CHECK(judged(at, base64url_encode(R"({"alg":"none"})") + payload)
        == "go-jose/go-jose: error in cryptographic primitive");
  CHECK(judged(at, base64url_encode(R"({"alg":"HS256"})") + payload)
        == "go-jose/go-jose: error in cryptographic primitive");
  claims.issuer = "https://elsewhere";
  CHECK(judged(at, compose_token(claims, *at.key)) == "-");
}

TEST_CASE("tokens: only for the audience they are meant for") {
  token_world at;
  const auto token = at.token(R"({"audiences":["vault","b"]})");
  CHECK(judged(at, token)
        == "token audiences [\"vault\" \"b\"] is invalid for the target "
           "audiences [\"https://kubernetes.default.svc.cluster.local\"]");
  CHECK(judged(at, token, {"b", "c"}) == "");
  CHECK(judged(at, at.token("{}"), {"vault"})
        == "token audiences "
           "[\"https://kubernetes.default.svc.cluster.local\"] is invalid for "
           "the target audiences [\"vault\"]");
  const auto found =
      at.tokens->authenticate(token, std::vector<std::string>{"c", "b"});
  CHECK((**found).audiences == std::vector<std::string>{"b"});
}

TEST_CASE("tokens: only in their time, give or take a minute") {
  token_world at;
  const auto token = at.token(R"({"expirationSeconds":600})");
  const auto begun = at.objects.wall;
  struct row {
    duration after;
    const char* want;
  };
  const row rows[] = {
      {-62s, "service account token is not valid yet"},
      {-60s, ""},
      {0s, ""},
      {660s, ""},
      {662s, "service account token has expired"},
  };
  for (const auto& r : rows) {
    INFO(r.after.count());
    at.objects.wall = begun + r.after;
    CHECK(judged(at, token) == r.want);
  }
  at.objects.wall = begun;
  auto claims = token_world::claims_of(token);
  claims.not_before.reset();
  claims.issued_at = *claims.issued_at + 100;
  CHECK(judged(at, compose_token(claims, *at.key))
        == "service account token is issued in the future");
}

TEST_CASE("tokens: as long as the account lives") {
  token_world at;
  const auto token = at.token("{}");
  const auto old = at.uid("core/serviceaccounts/default/web");
  at.erase("core/serviceaccounts/default/web");
  CHECK(judged(at, token) == "serviceaccounts \"web\" not found");
  at.put("serviceaccounts", "default", R"({"metadata":{"name":"web"}})");
  CHECK(judged(at, token)
        == "service account UID (" + at.uid("core/serviceaccounts/default/web")
               + ") does not match claim (" + old + ")");
}

TEST_CASE("tokens: as long as what they are bound to") {
  token_world at;
  for (const auto& [kind, name, key] :
       {std::tuple{"Pod", "placed", "core/pods/default/placed"},
        std::tuple{"Secret", "keys", "core/secrets/default/keys"},
        std::tuple{"Node", "n1", "core/nodes/n1"}}) {
    INFO(kind);
    const auto token = at.token(bound_to(kind, name));
    CHECK(judged(at, token) == "");
    at.erase(key);
    CHECK(judged(at, token) == invalidated);
  }
}

TEST_CASE("tokens: a pod of the name is not the pod") {
  token_world at;
  const auto token = at.token(bound_to("Pod", "waiting"));
  const auto old = at.uid("core/pods/default/waiting");
  at.erase("core/pods/default/waiting");
  at.put_pod("waiting", "");
  CHECK(judged(at, token)
        == "pod UID (" + at.uid("core/pods/default/waiting")
               + ") does not match service account pod ref claim (" + old
               + ")");
}

TEST_CASE("tokens: a pod that is ending keeps its token for a minute") {
  token_world at;
  const auto token = at.token(bound_to("Pod", "placed"));
  auto call = at.objects.call("pods", "default", "placed");
  at.objects.remove(std::move(call), {"", 30, "", ""});
  REQUIRE(at.objects.inner.current()
              ->get("core/pods/default/placed")
              ->columns->deleting);
  at.objects.wall += 89s;
  CHECK(judged(at, token) == "");
  at.objects.wall += 2s;
  CHECK(judged(at, token) == invalidated);
}

TEST_CASE("token reviews: who, or why not") {
  token_world at;
  const auto token = at.token("{}");
  const auto answer = at.review(R"({"token":")" + token + "\"}");
  CHECK(answer.code == 201);
  REQUIRE(answer.object != nullptr);
  const view::authentication_v1::token_review good{*answer.object};
  CHECK(good.spec().token() == token);
  CHECK(good.status().authenticated());
  CHECK(good.status().user().username() == "system:serviceaccount:default:web");
  CHECK(good.status().user().groups().size() == 3);
  CHECK(good.status().audiences().size() == 1);
  CHECK(good.status().error().empty());

  const auto asked =
      at.review(R"({"token":")" + token + R"(","audiences":["vault"]})");
  const view::authentication_v1::token_review other{*asked.object};
  CHECK_FALSE(other.status().authenticated());
  CHECK(other.status().user().username().empty());
  CHECK(other.status().error()
        == "[invalid bearer token, token audiences "
           "[\"https://kubernetes.default.svc.cluster.local\"] is invalid for "
           "the target audiences [\"vault\"]]");

  const auto unknown = at.review(R"({"token":"abc"})");
  const view::authentication_v1::token_review nobody{*unknown.object};
  CHECK(nobody.status().error() == "invalid bearer token");

  const auto none = at.review("{}");
  CHECK(none.status.code == 400);
  CHECK(none.status.message
        == "token is required for TokenReview in authentication");
}

TEST_CASE("self reviews: who asks") {
  token_world at;
  const auto answer = at.review("", "selfsubjectreviews");
  CHECK(answer.code == 201);
  REQUIRE(answer.object != nullptr);
  const view::authentication_v1::self_subject_review made{*answer.object};
  CHECK(made.status().user_info().username() == "alice");
}

TEST_CASE("a token in a Secret ends with it, never by time") {
  test::token_world world;
  const std::string secret{"core/secrets/default/keys"};
  const auto account = world.uid("core/serviceaccounts/default/web");
  const auto token = gateway::secret_token(
      *world.tokens, "default", {"web", account}, {"keys", world.uid(secret)});
  world.objects.wall += std::chrono::hours{24 * 365 * 5};
  const auto known = world.tokens->authenticate(token, {});
  REQUIRE(known);
  REQUIRE(*known);
  CHECK((*known)->user.name == "system:serviceaccount:default:web");
  CHECK((*known)->user.uid == account);
  world.erase(secret);
  const auto gone = world.tokens->authenticate(token, {});
  REQUIRE(gone);
  CHECK_FALSE(*gone);
}
