#include "messages/base/base64.hpp"
#include "messages/codec/json.hpp"
#include "messages/meta/time.hpp"
#include "node/agent/volume_sources.hpp"
#include "runtime/base/clock.hpp"
#include "tests/unit/node/agent/fake_api.hpp"
#include "tests/unit/node/agent/objects.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::agent;

namespace {

namespace core = view::core_v1;

/// An API with a ConfigMap `map` and a Secret `keys` in `ns`.
struct world {
  test::fake_api bus;
  api_client api{bus};
  guarded<token_table> tokens;
  object_source objects{api, tokens, "ns"};
  pod::downward_facts facts;
  int broken = 0; ///< the code of every answer, if not 0

  world() {
    facts.node_milli_cpu = 2000;
    api.stop(); // what fails is not asked again
    bus.answer = [this](const api::request& request) {
      const auto& target = request.target;
      if (broken != 0)
        return test::failed(broken, "the API is tired");
      if (target.ns == "ns" && target.resource == "configmaps"
          && target.name == "map")
        return test::succeeded(test::shared_object(
            "ConfigMap", R"({"data":{"a":"1"},"binaryData":{"b":"/w=="}})"));
      if (target.ns == "ns" && target.resource == "secrets"
          && target.name == "keys")
        return test::succeeded(
            test::shared_object("Secret", R"({"data":{"k":"aGk="}})"));
      return test::failed(404);
    };
  }

  /// Plans a pod with these volumes, as JSON.
  result<std::vector<volume::volume_plan>> plan(const std::string& volumes) {
    const auto pod = test::make_object("v1", "Pod", R"({
      "metadata": {"name": "p", "namespace": "ns", "labels": {"x": "y"}},
      "spec": {"containers": [
          {"name": "c", "resources": {"limits": {"cpu": "500m"}}}],
        "initContainers": [{"name": "i"}],
        "volumes": )" + volumes + "}}");
    return plan_volumes(core::pod{pod}, objects, facts);
  }

  template <class Source>
  Source only(const std::string& volume) {
    auto planned = plan("[{\"name\":\"v\"," + volume + "}]");
    REQUIRE(planned);
    REQUIRE(planned->size() == 1);
    CHECK(planned->front().name == "v");
    REQUIRE(std::holds_alternative<Source>(planned->front().source));
    return std::get<Source>(planned->front().source);
  }

  std::string problem(const std::string& volume) {
    const auto planned = plan("[{\"name\":\"v\"," + volume + "}]");
    REQUIRE_FALSE(planned);
    return planned.error().message;
  }
};

constexpr const char* mount_failed =
    "MountVolume.SetUp failed for volume \"v\" : ";

} // namespace

TEST_CASE("directories need nothing of the API", "[agent]") {
  world at;
  const auto empty = at.only<volume::empty_dir>(R"("emptyDir":{})");
  CHECK_FALSE(empty.memory);
  CHECK_FALSE(empty.size_limit);
  const auto memory = at.only<volume::empty_dir>(
      R"("emptyDir":{"medium":"Memory","sizeLimit":"1Mi"})");
  CHECK(memory.memory);
  CHECK(memory.size_limit == 1u << 20);
  const auto host = at.only<volume::host_path>(
      R"("hostPath":{"path":"/srv","type":"Directory"})");
  CHECK(host.path == "/srv");
  CHECK(host.type == "Directory");
  CHECK(at.bus.asked.empty());
  CHECK(at.plan("[]")->empty());
}

TEST_CASE("what is in memory is as large as its pod may be", "[agent]") {
  world at;
  const auto size_of = [&](const std::string& limits, const char* more) {
    const auto pod = test::make_object(
        "v1", "Pod",
        R"({"spec":{"containers":[{"name":"c","resources":{"limits":{)" + limits
            + R"(}}}],"volumes":[{"name":"v","emptyDir":{"medium":"Memory")"
            + more + "}}]}}");
    const auto planned = plan_volumes(core::pod{pod}, at.objects, at.facts);
    REQUIRE(planned);
    return std::get<volume::empty_dir>(planned->front().source).size_limit;
  };
  const std::string pod_limit = R"("memory":"4Mi")";
  CHECK_FALSE(size_of("", ""));
  CHECK_FALSE(size_of("", R"(,"sizeLimit":"0")"));
  CHECK(size_of(pod_limit, "") == 4u << 20);
  CHECK(size_of(pod_limit, R"(,"sizeLimit":"0")") == 4u << 20);
  CHECK(size_of(pod_limit, R"(,"sizeLimit":"1Mi")") == 1u << 20);
  CHECK(size_of(pod_limit, R"(,"sizeLimit":"8Mi")") == 4u << 20);
  at.facts.node_memory = 2 << 20;
  CHECK(size_of("", "") == 2u << 20);
  CHECK(size_of(pod_limit, R"(,"sizeLimit":"3Mi")") == 2u << 20);
}

TEST_CASE("a ConfigMap's values are fetched, binary ones too", "[agent]") {
  world at;
  const auto all =
      at.only<volume::config_map_volume>(R"("configMap":{"name":"map"})");
  CHECK(all.from.content == volume::content_map{{"a", "1"}, {"b", "\xff"}});
  CHECK(all.default_mode == 0644);
  CHECK_FALSE(all.from.optional);
  const auto some = at.only<volume::config_map_volume>(
      R"("configMap":{"name":"map","defaultMode":256,"items":[
         {"key":"a","path":"d/a","mode":384},{"key":"b","path":"b"}]})");
  CHECK(some.default_mode == 0400);
  REQUIRE(some.from.items.size() == 2);
  CHECK(some.from.items[0].path == "d/a");
  CHECK(some.from.items[0].mode == 0600);
  CHECK_FALSE(some.from.items[1].mode);
}

TEST_CASE("a Secret's values come decoded", "[agent]") {
  world at;
  const auto all =
      at.only<volume::secret_volume>(R"("secret":{"secretName":"keys"})");
  CHECK(all.from.content == volume::content_map{{"k", "hi"}});
  CHECK(all.from.name == "keys");
}

TEST_CASE("pull secrets of both types give logins, others nothing", "[agent]") {
  world at;
  const auto name = *image::parse_reference("reg.example/app");
  const std::map<std::string, std::pair<std::string, std::string>> secrets = {
      {"new",
       {"kubernetes.io/dockerconfigjson",
        R"(".dockerconfigjson":")"
            + base64_encode(
                R"({"auths":{"reg.example":{"username":"new"}}})")}},
      {"old",
       {"kubernetes.io/dockercfg",
        R"(".dockercfg":")"
            + base64_encode(R"({"reg.example":{"username":"old"}})")}},
      {"opaque",
       {"Opaque", R"(".dockercfg":")"
                      + base64_encode(R"({"reg.example":{"username":"no"}})")}},
      {"broken",
       {"kubernetes.io/dockercfg", R"(".dockercfg":")" + base64_encode("[")}}};
  at.bus.answer = [&](const api::request& request) {
    const auto found = secrets.find(request.target.name);
    if (found == secrets.end())
      return test::failed(404);
    return test::succeeded(test::shared_object(
        "Secret", R"({"type":")" + found->second.first + R"(","data":{)"
                      + found->second.second + R"("}})"));
  };
  const auto logins = [&](const std::string& names) {
    const auto pod = test::make_object(
        "v1", "Pod", R"({"spec":{"imagePullSecrets":[)" + names + "]}}");
    return at.objects.logins(core::pod{pod});
  };
  const auto got = logins(
      R"({"name":"none"},{"name":"old"},{"name":"opaque"},{"name":"new"})");
  REQUIRE(got);
  CHECK(got->missing == std::vector<std::string>{"none"});
  const auto found = got->keys.lookup(name);
  REQUIRE(found.size() == 2);
  CHECK(found[0].username == "old");
  CHECK(found[1].username == "new");
  const auto broken = logins(R"({"name":"broken"})");
  REQUIRE_FALSE(broken);
  CHECK(broken.error().message.starts_with("docker config: "));
}

TEST_CASE("what is missing is told apart from what is empty", "[agent]") {
  world at;
  const auto map = at.only<volume::config_map_volume>(
      R"("configMap":{"name":"none","optional":true})");
  CHECK_FALSE(map.from.content);
  CHECK(map.from.optional);
  const auto secret =
      at.only<volume::secret_volume>(R"("secret":{"secretName":"none"})");
  CHECK_FALSE(secret.from.content);
  CHECK_FALSE(secret.from.optional); // preparing it fails
}

TEST_CASE("the downward API's values are computed", "[agent]") {
  world at;
  const auto items = at.only<volume::downward_volume>(R"("downwardAPI":{
    "defaultMode": 288, "items": [
      {"path": "name", "fieldRef": {"fieldPath": "metadata.name"}},
      {"path": "x", "mode": 256,
       "fieldRef": {"fieldPath": "metadata.labels['x']"}},
      {"path": "cpu", "resourceFieldRef": {"containerName": "c",
        "resource": "limits.cpu", "divisor": "1m"}},
      {"path": "node", "resourceFieldRef": {"containerName": "i",
        "resource": "limits.cpu"}}]})");
  CHECK(items.default_mode == 0440);
  REQUIRE(items.items.size() == 4);
  CHECK(items.items[0].value == "p");
  CHECK(items.items[1].value == "y");
  CHECK(items.items[1].mode == 0400);
  CHECK(items.items[2].value == "500");
  CHECK(items.items[3].value == "2");
}

TEST_CASE("projections keep their order", "[agent]") {
  world at;
  const auto all = at.only<volume::projected_volume>(R"("projected":{
    "sources": [
      {"secret": {"name": "keys"}},
      {"downwardAPI": {"items": [
        {"path": "n", "fieldRef": {"fieldPath": "metadata.namespace"}}]}},
      {"configMap": {"name": "none", "optional": true}}]})");
  REQUIRE(all.sources.size() == 3);
  CHECK(std::get<volume::secret_source>(all.sources[0]).from.content
        == volume::content_map{{"k", "hi"}});
  CHECK(std::get<volume::downward_source>(all.sources[1]).items[0].value
        == "ns");
  const auto& map = std::get<volume::config_map_source>(all.sources[2]).from;
  CHECK_FALSE(map.content);
  CHECK(map.optional);
}

TEST_CASE("a pod's token is asked for, kept, and renewed in time", "[agent]") {
  world at;
  const std::string volume = R"("projected":{"sources":[
    {"serviceAccountToken":{"path":"d/token","expirationSeconds":3600}}]})";
  int given = 0;
  duration lifetime = std::chrono::seconds{3600};
  std::string asked;
  at.bus.answer = [&](const api::request& request) {
    const auto& target = request.target;
    CHECK(request.verb == api::verb::create);
    CHECK(target.resource == "serviceaccounts");
    CHECK(target.subresource == "token");
    CHECK(target.ns == "ns");
    CHECK(target.name == "web");
    asked = codec::encode_json(request.body->root(), request.body->type());
    return test::succeeded(
        std::make_shared<const codec::document>(test::make_object(
            "authentication.k8s.io/v1", "TokenRequest",
            R"({"spec":{"expirationSeconds":3600},"status":{"token":"t)"
                + std::to_string(++given) + R"(","expirationTimestamp":")"
                + meta::format_time(wall_now() + lifetime) + R"("}})")));
  };
  const auto fetch = [&]() -> result<bytes> {
    const auto pod = test::make_object("v1", "Pod",
                                       R"({
      "metadata": {"name": "p", "namespace": "ns", "uid": "u1"},
      "spec": {"serviceAccountName": "web", "volumes": [{"name": "v",)"
                                           + volume + "}]}}");
    auto planned = plan_volumes(core::pod{pod}, at.objects, at.facts);
    if (!planned)
      return planned.error();
    const auto& all =
        std::get<volume::projected_volume>(planned->front().source);
    const auto& token = std::get<volume::token_source>(all.sources.front());
    CHECK(token.path == "d/token");
    return token.token;
  };
  CHECK(fetch().value() == "t1");
  CHECK(asked.find(R"("expirationSeconds":3600)") != std::string::npos);
  CHECK(asked.find(R"("boundObjectRef":{"kind":"Pod","apiVersion":"v1",)"
                   R"("name":"p","uid":"u1"})")
        != std::string::npos);
  CHECK(fetch().value() == "t1");
  CHECK(given == 1);
  at.tokens.with([](auto& all) { all.forget("u1"); });
  // Less than a fifth of its time is left.
  lifetime = std::chrono::seconds{700};
  CHECK(fetch().value() == "t2");
  CHECK(fetch().value() == "t3");
  // It is used while it is good, when there is no other.
  at.bus.answer = [](const api::request&) {
    return test::failed(503, "the API is tired");
  };
  CHECK(fetch().value() == "t3");
  at.tokens.with([](auto& all) { all.forget("u1"); });
  const auto none = fetch();
  REQUIRE_FALSE(none);
  CHECK(none.error().message
        == mount_failed
               + std::string{"failed to fetch token: the API is tired"});
}

TEST_CASE("a volume that cannot be mounted says which and why", "[agent]") {
  struct {
    const char* volume;
    std::string why;
  } const rows[] = {
      {R"("nfs":{"server":"s","path":"/"})", "no volume plugin matched"},
      {R"("emptyDir":{"medium":"Tape"})", "unknown storage medium \"Tape\""},
      {R"("projected":{"sources":[{"clusterTrustBundle":{"path":"t"}}]})",
       "this node cannot project trust bundles and pod certificates"},
      {R"("downwardAPI":{"items":[{"path":"c","resourceFieldRef":{
          "containerName":"z","resource":"limits.cpu"}}]})",
       "container \"z\" not found"},
  };
  for (const auto& row : rows) {
    world at;
    CHECK(at.problem(row.volume) == mount_failed + row.why);
  }
}

TEST_CASE("an API that gives no answer fails the volume", "[agent]") {
  for (const int code : {403, 500, 503}) {
    world at;
    at.broken = code;
    CHECK(at.problem(R"("configMap":{"name":"map","optional":true})")
          == mount_failed + std::string{"the API is tired"});
    CHECK(at.problem(R"("secret":{"secretName":"keys"})")
          == mount_failed + std::string{"the API is tired"});
    CHECK(at.problem(R"("projected":{"sources":[{"secret":{"name":"keys"}}]})")
          == mount_failed + std::string{"the API is tired"});
  }
}

TEST_CASE("the first volume that fails is told", "[agent]") {
  world at;
  const auto planned = at.plan(R"([{"name":"a","emptyDir":{}},
    {"name":"b","nfs":{"server":"s","path":"/"}},
    {"name":"c","nfs":{"server":"s","path":"/"}}])");
  REQUIRE_FALSE(planned);
  CHECK(planned.error().message.find("\"b\"") != std::string::npos);
}

TEST_CASE("files belong to the pod's group and user", "[agent]") {
  const auto owner = [](const char* spec) {
    const auto pod = test::make_object("v1", "Pod", spec);
    return volume_ownership(core::pod{pod});
  };
  CHECK_FALSE(owner("{}").fs_group);
  CHECK_FALSE(owner("{}").user);
  const auto set = owner(R"({"spec":{"securityContext":{"fsGroup":7,
      "runAsUser":8},"containers":[{"name":"a"},
      {"name":"b","securityContext":{"runAsUser":8}}]}})");
  CHECK(set.fs_group == 7u);
  CHECK(set.user == 8u);
  // One user that all share, or none.
  CHECK_FALSE(owner(R"({"spec":{"securityContext":{"runAsUser":8},
      "containers":[{"name":"a"},
        {"name":"b","securityContext":{"runAsUser":9}}]}})")
                  .user);
  CHECK_FALSE(owner(R"({"spec":{"initContainers":[{"name":"i"}],
      "containers":[{"name":"a","securityContext":{"runAsUser":8}}]}})")
                  .user);
  CHECK(owner(R"({"spec":{"containers":[
      {"name":"a","securityContext":{"runAsUser":0}}]}})")
            .user
        == 0u);
}

TEST_CASE("an environment is fetched as far as it exists", "[agent]") {
  world at;
  const auto got = at.objects.environment(
      {{false, "map"}, {true, "keys"}, {false, "none"}, {true, "none"}});
  REQUIRE(got);
  CHECK(got->config_maps.size() == 1);
  CHECK(got->config_maps.at("map").at("a") == "1");
  CHECK(got->secrets.size() == 1);
  CHECK(got->secrets.at("keys").at("k") == "hi");
  at.broken = 503;
  CHECK(at.objects.environment({{false, "map"}}).error().message
        == "the API is tired");
}

TEST_CASE("volumes that show objects or fields are looked after", "[agent]") {
  struct row {
    const char* volume;
    bool want;
  };
  for (const auto& each :
       {row{R"("emptyDir":{})", false},
        row{R"("hostPath":{"path":"/"})", false},
        row{R"("configMap":{"name":"map"})", true},
        row{R"("secret":{"secretName":"keys"})", true},
        row{R"("projected":{})", true}, row{R"("downwardAPI":{})", true}}) {
    INFO(each.volume);
    const auto pod = test::make_object(
        "v1", "Pod",
        std::string{R"({"spec":{"volumes":[{"name":"e","emptyDir":{}},)"}
            + R"({"name":"v",)" + each.volume + "}]}}");
    CHECK(changes_while_mounted(core::pod{pod}) == each.want);
  }
}
