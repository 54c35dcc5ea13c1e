#pragma once

#include "actors/gateway/token/token_kinds.hpp"
#include "bootstrap/pki/pki.hpp"
#include "messages/codec/json.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/authentication_v1.hpp"
#include "runtime/signing/es256_key.hpp"
#include "tests/unit/actors/gateway/object/object_world.hpp"

#include <catch2/catch.hpp>

namespace troupe::test {

/// A write path that gives tokens: accounts `web` and `default` in `default`,
/// a node, a secret, and pods on and off the node.
class token_world {
public:
  token_world() {
    put("namespaces", "", R"({"metadata":{"name":"default"}})");
    for (std::string name : {"default", "web"})
      put("serviceaccounts", "default",
          R"({"metadata":{"name":")" + name
              + R"("},"automountServiceAccountToken":false})");
    put("nodes", "", R"({"metadata":{"name":"n1"}})");
    put("secrets", "default", R"({"metadata":{"name":"keys"}})");
    put_pod("placed", R"("nodeName":"n1",)");
    put_pod("lost", R"("nodeName":"gone",)");
    put_pod("waiting", "");
  }

  void put(const std::string& plural, const std::string& ns,
           const std::string& json) {
    const auto answer = objects.create(objects.call(plural, ns), json);
    INFO(answer.status.message);
    REQUIRE(answer.object != nullptr);
  }

  void put_pod(const std::string& name, const std::string& more) {
    put("pods", "default",
        R"({"metadata":{"name":")" + name + R"("},"spec":{)" + more
            + R"("serviceAccountName":"web","containers":[{"name":"c",)"
              R"("image":"nginx"}]}})");
  }

  void erase(const std::string& key) {
    objects.inner.propose_now({store::proposal_id{objects.ports().random_id()},
                               objects.wall + std::chrono::seconds{60},
                               std::nullopt,
                               {},
                               {store::erase{key}}});
  }

  std::string uid(const std::string& key) const {
    const auto found = objects.inner.current()->get(key);
    REQUIRE(found != nullptr);
    return found->columns->uid;
  }

  /// What a creation without an object of its own answers.
  gateway::object_answer ask(gateway::object_call call,
                             const std::string& json) {
    auto ports = objects.ports();
    ports.resume = nullptr;
    ports.unstored = std::make_shared<gateway::token_kinds>(tokens);
    auto body = objects.body(call, json);
    std::optional<gateway::object_answer> heard;
    gateway::object_writer{ports}.create(
        std::move(call), std::move(body),
        [&](gateway::object_answer answer) { heard = std::move(answer); });
    REQUIRE(heard);
    return std::move(*heard);
  }

  gateway::object_answer request(const std::string& spec,
                                 const std::string& account = "web",
                                 const std::string& metadata = "{}") {
    auto call = objects.call("serviceaccounts", "default", account);
    call.subresource = "token";
    return ask(std::move(call),
               R"({"metadata":)" + metadata + R"(,"spec":)" + spec + "}");
  }

  gateway::object_answer review(const std::string& spec,
                                const std::string& kind = "tokenreviews") {
    auto call = objects.call("pods", "");
    call.resource = schema::find_resource("authentication.k8s.io", "v1", kind);
    REQUIRE(call.resource != nullptr);
    return ask(std::move(call),
               spec.empty() ? "{}" : R"({"spec":)" + spec + "}");
  }

  /// The token of a request that must not fail.
  std::string token(const std::string& spec) {
    const auto answer = request(spec);
    INFO(answer.status.message);
    REQUIRE(answer.object != nullptr);
    const view::authentication_v1::token_request made{*answer.object};
    return std::string{made.status().token()};
  }

  static gateway::token_claims claims_of(const std::string& token) {
    return gateway::parse_token(token).value().claims;
  }

  object_world objects;
  std::shared_ptr<const signing_key> key =
      signing::read_es256_key(pki::make_signing_key().value()).value();
  std::shared_ptr<const gateway::service_account_tokens> tokens =
      std::make_shared<gateway::service_account_tokens>(
          gateway::token_settings{}, key, &objects.inner,
          [this] { return objects.wall; });
};

inline std::string bound_to(const std::string& kind, const std::string& name,
                            const std::string& more = "") {
  return R"({"boundObjectRef":{"kind":")" + kind + R"(","apiVersion":"v1",)"
         + R"("name":")" + name + "\"" + more + "}}";
}

} // namespace troupe::test
