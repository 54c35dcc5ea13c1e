#include "actors/gateway/object/metadata.hpp"
#include "messages/meta/time.hpp"
#include "tests/unit/actors/gateway/token/token_world.hpp"

using namespace troupe;
using namespace troupe::gateway;
using troupe::test::bound_to;
using troupe::test::token_world;

namespace {

constexpr const char* issuer = "https://kubernetes.default.svc.cluster.local";

std::int64_t second(wall_time at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch())
      .count();
}

} // namespace

TEST_CASE("token requests: what is not said is filled in") {
  token_world at;
  const auto answer = at.request("{}");
  CHECK(answer.code == 201);
  CHECK(answer.revision == 0);
  REQUIRE(answer.object != nullptr);
  const view::authentication_v1::token_request made{*answer.object};
  CHECK(made.metadata().name() == "web");
  CHECK(made.metadata().namespace_() == "default");
  CHECK(made.metadata().creation_timestamp()
        == meta::format_time(at.objects.wall));
  CHECK(made.spec().expiration_seconds() == 3600);
  REQUIRE(made.spec().audiences().size() == 1);
  CHECK(made.spec().audiences()[0] == issuer);
  CHECK(made.status().expiration_timestamp()
        == meta::format_time(at.objects.wall + std::chrono::hours{1}));
  const auto claims =
      token_world::claims_of(std::string{made.status().token()});
  const auto now = second(at.objects.wall);
  CHECK(claims.issuer == issuer);
  CHECK(claims.subject == "system:serviceaccount:default:web");
  CHECK(claims.audiences == std::vector<std::string>{issuer});
  CHECK(claims.expires == now + 3600);
  CHECK(claims.issued_at == now);
  CHECK(claims.not_before == now);
  CHECK(claims.id.size() == 36);
  CHECK(claims.ns == "default");
  CHECK(claims.account
        == token_reference{"web", at.uid("core/serviceaccounts/default/web")});
  CHECK_FALSE(claims.pod);
  CHECK_FALSE(claims.node);
  CHECK_FALSE(claims.secret);
  CHECK_FALSE(claims.warn_after);
}

TEST_CASE("token requests: bound to what is there") {
  token_world at;
  const auto pod = at.uid("core/pods/default/placed");
  const auto node = at.uid("core/nodes/n1");
  auto claims = token_world::claims_of(at.token(bound_to("Pod", "placed")));
  CHECK(claims.pod == token_reference{"placed", pod});
  CHECK(claims.node == token_reference{"n1", node});
  claims = token_world::claims_of(
      at.token(bound_to("Pod", "placed", R"(,"uid":")" + pod + "\"")));
  CHECK(claims.pod == token_reference{"placed", pod});
  // A node that is not there is told by name.
  claims = token_world::claims_of(at.token(bound_to("Pod", "lost")));
  CHECK(claims.node == token_reference{"gone", ""});
  claims = token_world::claims_of(at.token(bound_to("Pod", "waiting")));
  CHECK_FALSE(claims.node);
  claims = token_world::claims_of(at.token(bound_to("Node", "n1")));
  CHECK(claims.node == token_reference{"n1", node});
  CHECK_FALSE(claims.pod);
  claims = token_world::claims_of(at.token(bound_to("Secret", "keys")));
  CHECK(claims.secret
        == token_reference{"keys", at.uid("core/secrets/default/keys")});
}

TEST_CASE("token requests: a lifetime nobody chose is a long one") {
  token_world at;
  const auto now = second(at.objects.wall);
  const std::string pod =
      R"("boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"placed"})";
  const auto spec = [&](const char* seconds, const std::string& more) {
    return std::string{R"({"expirationSeconds":)"} + seconds + more + "}";
  };
  auto claims = token_world::claims_of(at.token(spec("3607", "," + pod)));
  CHECK(claims.expires == now + 31536000);
  CHECK(claims.warn_after == now + 3607);
  claims = token_world::claims_of(at.token(spec("3608", "," + pod)));
  CHECK(claims.expires == now + 3608);
  CHECK_FALSE(claims.warn_after);
  claims = token_world::claims_of(at.token(spec("3607", "")));
  CHECK(claims.expires == now + 3607);
  claims = token_world::claims_of(
      at.token(spec("3607", R"(,"audiences":["vault"],)" + pod)));
  CHECK(claims.expires == now + 3607);
  CHECK(claims.audiences == std::vector<std::string>{"vault"});
}

TEST_CASE("token requests: what is refused, and how") {
  struct row {
    std::string spec;
    int code;
    std::string message;
  };
  const row rows[] = {
      {R"({"expirationSeconds":599})", 422,
       "TokenRequest.authentication.k8s.io \"\" is invalid: "
       "spec.expirationSeconds: Invalid value: 599: may not specify a duration "
       "less than 10 minutes"},
      {R"({"expirationSeconds":4294967297})", 422,
       "TokenRequest.authentication.k8s.io \"\" is invalid: "
       "spec.expirationSeconds: Invalid value: 4294967297: may not specify a "
       "duration larger than 2^32 seconds"},
      {bound_to("Pod", "none"), 404, "pods \"none\" not found"},
      {bound_to("Node", "none"), 404, "nodes \"none\" not found"},
      {bound_to("Secret", "none"), 404, "secrets \"none\" not found"},
      {bound_to("Secret", "a/b"), 404, "secrets \"a/b\" not found"},
      {bound_to("ConfigMap", "x"), 400,
       "cannot bind token to object of type /v1, Kind=ConfigMap"},
      {R"({"boundObjectRef":{"kind":"Pod","apiVersion":"apps/v1","name":"p"}})",
       400, "cannot bind token to object of type apps/v1, Kind=Pod"},
      {bound_to("Pod", "placed", R"(,"uid":"other")"), 409,
       "Operation cannot be fulfilled on Pod \"placed\": the UID in the bound "
       "object reference (other) does not match the UID in record. The object "
       "might have been deleted and then recreated"},
  };
  token_world at;
  for (const auto& r : rows) {
    INFO(r.spec);
    const auto answer = at.request(r.spec);
    CHECK(answer.status.code == r.code);
    CHECK(answer.status.message == r.message);
    CHECK(answer.object == nullptr);
  }
  CHECK(at.token(R"({"expirationSeconds":600})") != "");
  CHECK(at.token(R"({"expirationSeconds":4294967296})") != "");
}

TEST_CASE("token requests: the account must be there, and be the pod's") {
  token_world at;
  auto answer = at.request("{}", "none");
  CHECK(answer.status.code == 404);
  CHECK(answer.status.message == "serviceaccounts \"none\" not found");
  answer = at.request(bound_to("Pod", "placed"), "default");
  CHECK(answer.status.code == 400);
  CHECK(answer.status.message
        == "cannot bind token for serviceaccount \"default\" to pod running "
           "with different serviceaccount name.");
  answer = at.request("{}", "web", R"({"name":"other"})");
  CHECK(answer.status.code == 422);
  CHECK(answer.status.message
        == "TokenRequest.authentication.k8s.io \"web\" is invalid: "
           "metadata.name: Invalid value: \"other\": must match the service "
           "account name if specified");
  CHECK(at.request("{}", "web", R"({"name":"web"})").code == 201);
}

TEST_CASE("token requests: nothing is written") {
  token_world at;
  const auto before = at.objects.inner.current()->applied();
  at.token("{}");
  CHECK(at.objects.inner.current()->applied() == before);
}
