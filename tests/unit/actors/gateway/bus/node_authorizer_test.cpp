#include "actors/gateway/bus/node_authorizer.hpp"
#include "tests/unit/actors/gateway/bus/bus_gateway_world.hpp"

using namespace troupe;
using namespace troupe::gateway;
using namespace troupe::test;
using api::verb;

namespace {

const std::string leases = "coordination.k8s.io";

/// The reason for which n1 may not; "" when it may, "-" for no reason given.
std::string asked(const bus_gateway_world& all, verb what, api::target target) {
  auto request = request_for(what, std::move(target));
  request.user = node_identity(n1);
  const auto why = authorize_node(n1, request, {}, *all.world.inner.current());
  if (!why)
    return "";
  CHECK(why->code == 403);
  for (auto end : {" at the cluster scope", "in the namespace \""}) {
    const auto found = why->message.find(end);
    if (found == std::string::npos)
      continue;
    const auto colon = why->message.find(": ", found);
    return colon == std::string::npos ? "-" : why->message.substr(colon + 2);
  }
  return "?";
}

const char* unrelated =
    "no relationship found between node 'n1' and this object";

} // namespace

TEST_CASE("what a node may ask for", "[gateway]") {
  bus_gateway_world all;
  all.create_pod("user", "n1",
                 R"([{"name":"s","secret":{"secretName":"used"}},
                     {"name":"c","configMap":{"name":"used"}}])");
  all.create_pod("stranger", "n2",
                 R"([{"name":"s","secret":{"secretName":"theirs"}}])");
  struct row {
    verb what;
    api::target target;
    const char* want;
  };
  const std::string lease_ns = "kube-node-lease";
  const row rows[] = {
      {verb::create, {"", "v1", "nodes", "", "", ""}, ""},
      {verb::get, {"", "v1", "nodes", "", "", "n1"}, ""},
      {verb::update, {"", "v1", "nodes", "status", "", "n1"}, ""},
      {verb::patch, {"", "v1", "nodes", "status", "", "n1"}, ""},
      {verb::remove, {"", "v1", "nodes", "", "", "n1"}, "-"},
      {verb::update, {"", "v1", "nodes", "proxy", "", "n1"}, "-"},
      {verb::get, {"", "v1", "nodes", "", "", "n2"}, ""},
      {verb::list, {"", "v1", "nodes", "", "", ""}, ""},
      {verb::watch, {"", "v1", "nodes", "", "", ""}, ""},
      {verb::get, {"", "v1", "nodes", "status", "", "n2"}, "-"},

      {verb::get, {"", "v1", "pods", "", "default", "pod-n1"}, ""},
      {verb::get, {"", "v1", "pods", "", "default", "pod-n2"}, unrelated},
      {verb::get, {"", "v1", "pods", "", "default", "none"}, unrelated},
      {verb::list,
       {"", "v1", "pods", "", "default", ""},
       "can only list/watch pods with spec.nodeName field selector"},
      {verb::create, {"", "v1", "pods", "", "default", ""}, "-"},
      {verb::update, {"", "v1", "pods", "", "default", "pod-n1"}, "-"},
      {verb::patch, {"", "v1", "pods", "", "default", "pod-n1"}, "-"},
      {verb::remove_collection, {"", "v1", "pods", "", "default", ""}, "-"},
      {verb::update, {"", "v1", "pods", "status", "default", "pod-n1"}, ""},
      {verb::get, {"", "v1", "pods", "exec", "default", "pod-n1"}, "-"},

      {verb::create,
       {"", "v1", "serviceaccounts", "token", "default", "default"},
       ""},
      {verb::get, {"", "v1", "serviceaccounts", "", "default", "default"}, ""},
      {verb::create,
       {"", "v1", "serviceaccounts", "token", "default", "theirs"},
       unrelated},
      {verb::get,
       {"", "v1", "serviceaccounts", "", "default", "theirs"},
       unrelated},
      {verb::create,
       {"", "v1", "serviceaccounts", "", "default", "default"},
       "can only create token subresource of serviceaccount"},
      {verb::create,
       {"", "v1", "serviceaccounts", "", "default", ""},
       "can only create tokens for individual service accounts"},
      {verb::list,
       {"", "v1", "serviceaccounts", "", "default", ""},
       "can only create tokens for individual service accounts"},
      {verb::update,
       {"", "v1", "serviceaccounts", "", "default", "default"},
       "can only create tokens for individual service accounts"},

      {verb::get, {"", "v1", "secrets", "", "default", "used"}, ""},
      {verb::get, {"", "v1", "secrets", "", "default", "theirs"}, unrelated},
      {verb::get, {"", "v1", "secrets", "", "other", "used"}, unrelated},
      {verb::list,
       {"", "v1", "secrets", "", "default", ""},
       "No Object name found"},
      {verb::update,
       {"", "v1", "secrets", "", "default", "used"},
       "can only read resources of this type"},
      {verb::get, {"", "v1", "configmaps", "", "default", "used"}, ""},
      {verb::get, {"", "v1", "configmaps", "", "default", "theirs"}, unrelated},

      {verb::create, {"", "v1", "events", "", "default", ""}, ""},
      {verb::patch, {"", "v1", "events", "", "default", "e"}, ""},
      {verb::get, {"", "v1", "events", "", "default", "e"}, "-"},
      {verb::create, {"events.k8s.io", "v1", "events", "", "default", ""}, ""},
      {verb::list, {"", "v1", "services", "", "", ""}, ""},
      {verb::create, {"", "v1", "services", "", "default", ""}, "-"},
      {verb::watch, {"", "v1", "endpoints", "", "", ""}, ""},
      {verb::update, {"", "v1", "endpoints", "", "default", "e"}, "-"},
      {verb::list,
       {"discovery.k8s.io", "v1", "endpointslices", "", "", ""},
       ""},
      {verb::remove,
       {"discovery.k8s.io", "v1", "endpointslices", "", "default", "e"},
       "-"},
      {verb::get, {"", "v1", "namespaces", "", "", "default"}, "-"},
      {verb::get, {"apps", "v1", "deployments", "", "default", "x"}, "-"},

      {verb::get, {leases, "v1", "leases", "", lease_ns, "n1"}, ""},
      {verb::create, {leases, "v1", "leases", "", lease_ns, ""}, ""},
      {verb::update,
       {leases, "v1", "leases", "", lease_ns, "n2"},
       "can only access node lease with the same name as the requesting node"},
      {verb::get,
       {leases, "v1", "leases", "", "default", "n1"},
       "can only access leases in the \"kube-node-lease\" system namespace"},
      {verb::list,
       {leases, "v1", "leases", "", lease_ns, ""},
       "can only get, create, update, patch, or delete a node lease"},
  };
  for (auto& one : rows) {
    CAPTURE(api::to_string(one.what), one.target.resource,
            one.target.subresource, one.target.ns, one.target.name);
    CHECK(asked(all, one.what, one.target) == one.want);
  }
}

TEST_CASE("what a node may write", "[gateway]") {
  bus_gateway_world all;
  struct row {
    const char* name;
    verb what;
    api::target target;
    const char* body;
    const char* want; ///< after "is forbidden: "; empty: it may
  };
  const api::target nodes{"", "v1", "nodes", "", "", ""};
  const api::target own{"", "v1", "nodes", "", "", "n1"};
  const api::target pod{"", "v1", "pods", "status", "default", "pod-n1"};
  const row rows[] = {
      {"itself", verb::create, nodes, R"({"metadata":{"name":"n1",
         "labels":{"a":"b","kubernetes.io/arch":"amd64",
                   "node.kubernetes.io/x":"y"}},
         "spec":{"taints":[{"key":"k","effect":"NoSchedule"}]}})",
       ""},
      {"another", verb::create, nodes, R"({"metadata":{"name":"n2"}})",
       "node \"n1\" is not allowed to modify node \"n2\""},
      {"no name", verb::create, nodes, R"({"metadata":{}})",
       "node \"n1\" is not allowed to modify node \"\""},
      {"labels of others", verb::create, nodes, R"({"metadata":{"name":"n1",
         "labels":{"node-restriction.kubernetes.io/a":"b",
                   "node-role.kubernetes.io/control-plane":"",
                   "x.k8s.io/y":"z"}}})",
       "node \"n1\" is not allowed to set the following labels: "
       "node-restriction.kubernetes.io/a, "
       "node-role.kubernetes.io/control-plane, x.k8s.io/y"},
      {"a label more", verb::update, own, R"({"metadata":{"name":"n1",
         "labels":{"foo.node-restriction.kubernetes.io/a":"b"}},
         "spec":{"taints":[{"key":"node.kubernetes.io/not-ready",
                            "effect":"NoSchedule"}]}})",
       "node \"n1\" is not allowed to modify labels: "
       "foo.node-restriction.kubernetes.io/a"},
      {"taints", verb::update, own, R"({"metadata":{"name":"n1"},
         "spec":{"taints":[{"key":"k","effect":"NoSchedule"}]}})",
       "node \"n1\" is not allowed to modify taints"},
      {"another's status",
       verb::update,
       {"", "v1", "nodes", "status", "", "n2"},
       R"({"metadata":{"name":"n2"}})",
       "node \"n1\" is not allowed to modify node \"n2\""},
      {"its lease",
       verb::create,
       {leases, "v1", "leases", "", "kube-node-lease", ""},
       R"({"metadata":{"name":"n1"}})",
       ""},
      {"another's lease",
       verb::create,
       {leases, "v1", "leases", "", "kube-node-lease", ""},
       R"({"metadata":{"name":"n2"}})",
       "can only access node lease with the same name as the requesting "
       "node"},
      {"a status", verb::update, pod, R"({"metadata":{"name":"pod-n1"}})", ""},
      {"labels with it", verb::update, pod,
       R"({"metadata":{"name":"pod-n1","labels":{"a":"b"}}})",
       "node \"n1\" cannot update labels through pod status"},
  };
  for (auto& one : rows) {
    CAPTURE(one.name);
    auto request = request_for(one.what, one.target);
    request.body = bus_gateway_world::document(one.target, one.body);
    const auto why = restrict_node(n1, request, *all.world.inner.current());
    if (*one.want == '\0') {
      CHECK_FALSE(why.has_value());
      continue;
    }
    REQUIRE(why.has_value());
    CHECK(why->code == 403);
    CHECK_THAT(why->message,
               Catch::EndsWith(std::string{"is forbidden: "} + one.want));
  }
}

TEST_CASE("a write of a pod holds to the pod that was looked at", "[gateway]") {
  bus_gateway_world all;
  const auto state = all.world.inner.current();
  auto request =
      request_for(verb::remove, {"", "v1", "pods", "", "default", "pod-n1"});
  CHECK_FALSE(restrict_node(n1, request, *state).has_value());
  CHECK_FALSE(request.uid.empty());
  request.uid = "its own";
  CHECK_FALSE(restrict_node(n1, request, *state).has_value());
  CHECK(request.uid == "its own");
  request.target.name = "none";
  CHECK(restrict_node(n1, request, *state)->code == 404);
}

TEST_CASE("a node gets tokens of pods on it, for whom they say", "[gateway]") {
  bus_gateway_world all;
  all.create_pod("caller", "n1",
                 R"([{"name":"t","projected":{"sources":[
                     {"serviceAccountToken":{"path":"t"}},
                     {"serviceAccountToken":{"path":"v","audience":"vault"}}]}}])");
  const auto uid = [&](const std::string& pod) {
    return all.world.inner.current()
        ->get("core/pods/default/" + pod)
        ->columns->uid;
  };
  const auto reference = [&](const std::string& pod, const std::string& uid) {
    return R"("boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":")" + pod
           + R"(","uid":")" + uid + "\"}";
  };
  struct row {
    std::string spec;
    int code; ///< 0: it may
    std::string want;
  };
  const row rows[] = {
      {reference("caller", uid("caller")), 0, ""},
      {R"("audiences":["vault"],)" + reference("caller", uid("caller")), 0, ""},
      {"", 403, "node requested token not bound to a pod"},
      {R"("boundObjectRef":{"kind":"Secret","apiVersion":"v1","name":"s"})",
       403, "node requested token not bound to a pod"},
      {reference("caller", ""), 403,
       "node requested token with a pod binding without a uid"},
      {reference("none", "x"), 404, "pods \"none\" not found"},
      {reference("caller", "x"), 403,
       "the UID in the bound object reference (x) does not match the UID in "
       "record. The object might have been deleted and then recreated"},
      {reference("pod-n2", uid("pod-n2")), 403,
       "node requested token bound to a pod scheduled on a different node"},
      {reference("pod-n1", uid("pod-n1")), 403,
       "audience \"\" not found in pod spec volume, system:node:n1 is not "
       "authorized to request tokens for this audience"},
      {R"("audiences":["other"],)" + reference("caller", uid("caller")), 403,
       "audience \"other\" not found in pod spec volume, system:node:n1 is not "
       "authorized to request tokens for this audience"},
      {R"("audiences":["vault",""],)" + reference("caller", uid("caller")), 403,
       "node may only request 0 or 1 audiences"},
  };
  for (const auto& r : rows) {
    INFO(r.spec);
    auto request = request_for(verb::create, {"", "v1", "serviceaccounts",
                                              "token", "default", "default"});
    request.user = node_identity(n1);
    auto body =
        codec::decode_json("{\"spec\":{" + r.spec + "}}",
                           schema::find_kind_type({"authentication.k8s.io",
                                                   "v1", "TokenRequest"}));
    REQUIRE(body);
    request.body =
        std::make_shared<const codec::document>(std::move(body->doc));
    const auto why = restrict_node(n1, request, *all.world.inner.current());
    CHECK((why ? why->code : 0) == r.code);
    if (!why)
      continue;
    const std::string forbidden = "serviceaccounts \"default\" is forbidden: ";
    CHECK(why->message == (r.code == 403 ? forbidden : "") + r.want);
  }
}
