#include "actors/controllers/controllers.hpp"
#include "actors/gateway/access/roles.hpp"
#include "actors/gateway/access/user.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;

namespace {

struct row {
  const char* user;
  const char* verb;
  const char* group;
  const char* resource; ///< "pods" or "pods/status"
  bool want;
  const char* name = "";
};

access_question question(const row& of) {
  const std::string whole{of.resource};
  const auto slash = std::min(whole.find('/'), whole.size());
  return {of.verb,
          of.group,
          whole.substr(0, slash),
          slash == whole.size() ? "" : whole.substr(slash + 1),
          "default",
          of.name};
}

api::identity user(const std::string& name) {
  return {name, {}, {std::string{authenticated_group}}, {}};
}

} // namespace

TEST_CASE("roles: who may do what") {
  const row rows[] = {
      {"alice", "get", "", "pods", false},
      {"alice", "create", "authentication.k8s.io", "selfsubjectreviews", true},
      {"alice", "create", "authorization.k8s.io", "selfsubjectaccessreviews",
       true},
      {"alice", "create", "authentication.k8s.io", "tokenreviews", false},
      {"system:serviceaccount:default:default", "list", "", "pods", false},
      {"system:kube-scheduler", "create", "", "pods/binding", true},
      {"system:kube-scheduler", "create", "", "bindings", true},
      {"system:kube-scheduler", "create", "", "pods", false},
      {"system:kube-scheduler", "update", "", "pods", false},
      {"system:kube-scheduler", "update", "", "pods/status", true},
      {"system:kube-scheduler", "delete", "", "pods", true},
      {"system:kube-scheduler", "get", "", "secrets", false},
      {"system:kube-scheduler", "create", "events.k8s.io", "events", true},
      {"system:kube-scheduler", "create", "coordination.k8s.io", "leases",
       true},
      {"system:kube-scheduler", "update", "coordination.k8s.io", "leases", true,
       "kube-scheduler"},
      {"system:kube-scheduler", "update", "coordination.k8s.io", "leases",
       false, "other"},
      {"system:kube-controller-manager", "create", "coordination.k8s.io",
       "leases", true},
      {"system:kube-controller-manager", "update", "coordination.k8s.io",
       "leases", true, "kube-controller-manager"},
      {"system:kube-controller-manager", "update", "coordination.k8s.io",
       "leases", false, "kube-scheduler"},
      {"system:kube-controller-manager", "delete", "", "pods", false},
      {"system:controller:deployment", "create", "apps", "replicasets", true},
      {"system:controller:deployment", "create", "", "pods", false},
      {"system:controller:deployment", "update", "apps", "deployments/status",
       true},
      {"system:controller:deployment", "update", "apps", "deployments/scale",
       false},
      {"system:controller:replicaset", "create", "", "pods", true},
      {"system:controller:replicaset", "delete", "", "pods", true},
      // Its update is upstream's patch.
      {"system:controller:replicaset", "update", "", "pods", true},
      {"system:controller:replicaset", "update", "", "pods/status", false},
      {"system:controller:replicaset", "update", "", "nodes", false},
      {"system:controller:garbage-collector", "delete", "any.io", "things",
       true},
      {"system:controller:garbage-collector", "create", "", "pods", false},
      {"system:controller:namespace", "update", "", "namespaces/finalize",
       true},
      {"system:controller:namespace", "delete", "apps", "deployments", true},
      {"system:controller:namespace", "update", "", "pods", false},
      {"system:controller:service-account", "create", "", "serviceaccounts",
       true},
      {"system:controller:service-account", "delete", "", "serviceaccounts",
       false},
      {"system:controller:root-ca-publisher", "update", "", "configmaps", true},
      {"system:controller:root-ca-publisher", "delete", "", "configmaps",
       false},
      {"system:controller:root-ca-publisher", "update", "", "secrets", false},
      {"system:controller:unheard-of", "create", "", "events", false},
      {"system:controller:", "create", "", "events", false},
  };
  for (const auto& r : rows) {
    INFO(r.user << " " << r.verb << " " << r.group << "/" << r.resource);
    CHECK(roles_allow(user(r.user), question(r)) == r.want);
  }
}

TEST_CASE("roles: who is not authenticated may not even ask about himself") {
  const access_question wanted{
      "create", "authentication.k8s.io", "selfsubjectreviews", "", "", ""};
  CHECK(roles_allow(user("alice"), wanted));
  CHECK_FALSE(roles_allow({"system:anonymous", {}, {}, {}}, wanted));
}

TEST_CASE("roles: paths that are no resources") {
  struct path_row {
    const char* group;
    const char* verb;
    const char* path;
    bool want;
  };
  const path_row rows[] = {
      {"system:unauthenticated", "get", "/version", true},
      {"system:unauthenticated", "get", "/healthz", true},
      {"system:unauthenticated", "post", "/healthz", false},
      {"system:unauthenticated", "get", "/api", false},
      {"system:unauthenticated", "get", "/openid/v1/jwks", false},
      {"system:authenticated", "get", "/apis/apps", true},
      {"system:authenticated", "get", "/apisnot", false},
      {"system:authenticated", "get", "/metrics", false},
      {"system:authenticated", "get", "/openid/v1/jwks", false},
      {"system:serviceaccounts", "get", "/openid/v1/jwks", true},
      {"system:serviceaccounts", "get", "/.well-known/openid-configuration",
       true},
      {"system:serviceaccounts", "delete", "/openid/v1/jwks", false},
  };
  for (const auto& r : rows) {
    INFO(r.group << " " << r.verb << " " << r.path);
    CHECK(roles_allow_path({"u", {}, {r.group}, {}}, r.verb, r.path) == r.want);
  }
}

TEST_CASE("roles: every controller has one") {
  for (const auto& spec : controllers::all_controllers()) {
    INFO(spec.name);
    CHECK(has_role("system:controller:" + spec.name));
  }
  CHECK_FALSE(has_role("system:controller:"));
  CHECK_FALSE(has_role("alice"));
}

TEST_CASE("roles: a refusal reads as upstream's") {
  const auto list = refuse_access(user("system:serviceaccount:default:default"),
                                  {"list", "", "pods", "", "default", ""});
  CHECK(list.code == 403);
  CHECK(list.message
        == "pods is forbidden: User \"system:serviceaccount:default:default\" "
           "cannot list resource \"pods\" in API group \"\" in the namespace "
           "\"default\"");
  const auto get = refuse_access(
      user("bob"), {"get", "apps", "deployments", "scale", "", "web"}, "no");
  CHECK(get.message
        == "deployments.apps \"web\" is forbidden: User \"bob\" cannot get "
           "resource \"deployments/scale\" in API group \"apps\" at the "
           "cluster scope: no");
}
