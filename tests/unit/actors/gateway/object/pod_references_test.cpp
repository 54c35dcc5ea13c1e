#include "actors/gateway/object/pod_references.hpp"
#include "messages/codec/json.hpp"
#include "messages/schema/registry.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;

TEST_CASE("where a pod names secrets and config maps", "[gateway]") {
  struct row {
    const char* spec;
    bool secret;
    bool config_map;
  };
  const row rows[] = {
      {R"({})", false, false},
      {R"({"imagePullSecrets":[{"name":"x"}]})", true, false},
      {R"({"volumes":[{"name":"v","secret":{"secretName":"x"}}]})", true,
       false},
      {R"({"volumes":[{"name":"v","configMap":{"name":"x"}}]})", false, true},
      {R"({"volumes":[{"name":"v","projected":{"sources":[
          {"secret":{"name":"x"}},{"configMap":{"name":"x"}}]}}]})",
       true, true},
      {R"({"volumes":[{"name":"v","csi":{"driver":"d",
          "nodePublishSecretRef":{"name":"x"}}}]})",
       true, false},
      {R"({"containers":[{"name":"c","envFrom":[{"secretRef":{"name":"x"}}]}]})",
       true, false},
      {R"({"initContainers":[{"name":"c",
          "envFrom":[{"configMapRef":{"name":"x"}}]}]})",
       false, true},
      {R"({"ephemeralContainers":[{"name":"c","env":[{"name":"e",
          "valueFrom":{"secretKeyRef":{"name":"x","key":"k"}}}]}]})",
       true, false},
      {R"({"containers":[{"name":"c","env":[{"name":"e",
          "valueFrom":{"configMapKeyRef":{"name":"x","key":"k"}}}]}]})",
       false, true},
      {R"({"volumes":[{"name":"x","emptyDir":{}}]})", false, false},
  };
  for (auto& one : rows) {
    CAPTURE(one.spec);
    const auto read = codec::decode_json(
        std::string{R"({"metadata":{"name":"p"},"spec":)"} + one.spec + "}",
        schema::find_resource("", "v1", "pods")->type);
    REQUIRE(read);
    const auto& pod = read->doc;
    CHECK(pod_uses_secret(pod, "x") == one.secret);
    CHECK(pod_uses_secrets(pod) == one.secret);
    CHECK(pod_uses_config_map(pod, "x") == one.config_map);
    CHECK_FALSE(pod_uses_secret(pod, "y"));
    CHECK_FALSE(pod_uses_secret(pod, ""));
  }
}
