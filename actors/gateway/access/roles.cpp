#include "actors/gateway/access/roles.hpp"

#include "actors/gateway/access/user.hpp"

#include <algorithm>
#include <span>

namespace troupe::gateway {

namespace {

/// Words are separated by blanks; "*" is every word. The core group is "core".
struct rule {
  std::string_view verbs;
  std::string_view groups;
  std::string_view resources;
  std::string_view names = "*";
};

struct role {
  std::string_view user;
  std::span<const rule> rules;
};

constexpr rule events{"create update patch", "core events.k8s.io", "events"};

// Upstream's roles, in the order of its files: scheduler, manager, then
// controllers.

constexpr rule scheduler[] = {
    events,
    {"create", "coordination.k8s.io", "leases"},
    {"get list watch update", "coordination.k8s.io", "leases",
     "kube-scheduler"},
    {"get list watch", "core", "nodes"},
    {"get list watch delete", "core", "pods"},
    {"create", "core", "bindings pods/binding"},
    {"patch update", "core", "pods/status"},
    {"get list watch", "core", "services replicationcontrollers"},
    {"get list watch", "apps extensions", "replicasets"},
    {"get list watch", "apps", "statefulsets"},
    {"get list watch", "policy", "poddisruptionbudgets"},
    {"get list watch", "core",
     "persistentvolumeclaims persistentvolumes namespaces"},
    {"create", "authentication.k8s.io", "tokenreviews"},
    {"create", "authorization.k8s.io", "subjectaccessreviews"},
};

/// As far as controllers have no roles of their own.
constexpr rule controller_manager[] = {
    events,
    {"create", "coordination.k8s.io", "leases"},
    {"get list watch update", "coordination.k8s.io", "leases",
     "kube-controller-manager"},
};

constexpr rule deployment[] = {
    {"get list watch update", "apps extensions", "deployments"},
    {"update", "apps extensions", "deployments/status deployments/finalizers"},
    {"get list watch create update patch delete", "apps extensions",
     "replicasets"},
    {"get list watch update", "core", "pods"},
    events,
};

constexpr rule endpoints[] = {
    {"get list watch", "core", "services pods"},
    {"get list watch create update delete", "core", "endpoints"},
    {"create", "core", "endpoints/restricted"},
    events,
};

constexpr rule endpoint_slice[] = {
    {"get list watch", "core", "services pods nodes"},
    {"update", "core", "services/finalizers"},
    {"get list watch create update delete", "discovery.k8s.io",
     "endpointslices"},
    events,
};

constexpr rule endpoint_slice_mirroring[] = {
    {"get list watch", "core", "services endpoints"},
    {"update", "core", "services/finalizers endpoints/finalizers"},
    {"get list watch create update delete", "discovery.k8s.io",
     "endpointslices"},
    events,
};

constexpr rule garbage_collector[] = {
    {"get list watch patch update delete", "*", "*"},
    events,
};

constexpr rule namespaces[] = {
    {"get list watch delete", "core", "namespaces"},
    {"update", "core", "namespaces/finalize namespaces/status"},
    {"get list watch delete deletecollection", "*", "*"},
};

constexpr rule nodes[] = {
    {"get list watch update delete patch", "core", "nodes"},
    {"patch update", "core", "nodes/status pods/status"},
    {"list watch get delete", "core", "pods"},
    events,
};

constexpr rule pod_garbage_collector[] = {
    {"list watch delete", "core", "pods"},
    {"get list watch", "core", "nodes"},
    {"patch", "core", "pods/status"},
};

constexpr rule replica_set[] = {
    {"get list watch update", "apps extensions", "replicasets"},
    {"update", "apps extensions", "replicasets/status replicasets/finalizers"},
    {"list watch patch create delete", "core", "pods"},
    events,
};

constexpr rule replication_controller[] = {
    {"get list watch update", "core", "replicationcontrollers"},
    {"update", "core",
     "replicationcontrollers/status replicationcontrollers/finalizers"},
    {"list watch patch create delete", "core", "pods"},
    events,
};

constexpr rule service_account[] = {
    {"create", "core", "serviceaccounts"},
    events,
};

constexpr rule root_ca[] = {
    {"create update", "core", "configmaps"},
    events,
};

// What upstream's API server does itself, or leaves to its store.

constexpr rule system_namespaces[] = {{"create", "core", "namespaces"}};

constexpr rule event_expiry[] = {
    {"delete", "core events.k8s.io", "events"},
};

constexpr rule kube_dns[] = {
    {"get list watch create update", "core", "services"},
    {"get list watch create update", "discovery.k8s.io", "endpointslices"},
    {"get list watch", "core", "nodes"},
};

constexpr rule kubernetes_service[] = {
    {"get list watch create update", "core", "services endpoints"},
    {"get list watch create update", "discovery.k8s.io", "endpointslices"},
};

// The token controller, which upstream runs with its manager's credentials.
constexpr rule service_account_token[] = {
    {"get list watch update delete", "core", "secrets"},
    {"get list watch update", "core", "serviceaccounts"},
};

constexpr std::string_view controller_prefix = "system:controller:";

constexpr role controllers[] = {
    {"deployment", deployment},
    {"endpoints", endpoints},
    {"endpointslice", endpoint_slice},
    {"endpointslice-mirroring", endpoint_slice_mirroring},
    {"event-expiry", event_expiry},
    {"garbage-collector", garbage_collector},
    {"kube-dns", kube_dns},
    {"kubernetes-service", kubernetes_service},
    {"namespace", namespaces},
    {"node-ipam", nodes},
    {"node-lifecycle", nodes},
    {"pod-gc", pod_garbage_collector},
    {"replicaset", replica_set},
    {"replicationcontroller", replication_controller},
    {"root-ca-publisher", root_ca},
    {"service-account", service_account},
    {"service-account-token", service_account_token},
    {"system-namespaces", system_namespaces},
    {"taint-eviction", nodes},
};

constexpr role others[] = {
    {"system:kube-controller-manager", controller_manager},
    {"system:kube-scheduler", scheduler},
};

// Upstream's system:basic-user.
constexpr rule everybody[] = {
    {"create", "authentication.k8s.io", "selfsubjectreviews"},
    {"create", "authorization.k8s.io",
     "selfsubjectaccessreviews selfsubjectrulesreviews"},
};

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    const auto one = words.substr(0, end);
    if (one == word || one == "*")
      return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

/// A controller's update names uid and version of what it changes, as upstream
/// does by patching.
bool has_verb(std::string_view verbs, std::string_view verb) {
  return has_word(verbs, verb)
         || (verb == "update" && has_word(verbs, "patch"));
}

bool allows(const rule& one, const access_question& wanted) {
  const std::string_view group =
      wanted.group.empty() ? "core" : std::string_view{wanted.group};
  return has_verb(one.verbs, wanted.verb) && has_word(one.groups, group)
         && has_word(one.resources, wanted.whole_resource())
         && has_word(one.names, wanted.name);
}

bool allow(std::span<const rule> rules, const access_question& wanted) {
  return std::ranges::any_of(
      rules, [&](const rule& one) { return allows(one, wanted); });
}

std::span<const rule> rules_of(std::string_view user) {
  auto find = [&](std::span<const role> roles) {
    const auto found = std::ranges::find(roles, user, &role::user);
    return found == roles.end() ? std::span<const rule>{} : found->rules;
  };
  if (!user.starts_with(controller_prefix))
    return find(others);
  user.remove_prefix(controller_prefix.size());
  return find(controllers);
}

/// A path and what is below it.
bool is_under(std::string_view path, std::string_view root) {
  return path == root
         || (path.starts_with(root) && path.size() > root.size()
             && path[root.size()] == '/');
}

bool is_under_any(std::string_view path,
                  std::initializer_list<std::string_view> roots) {
  return std::ranges::any_of(
      roots, [&](std::string_view root) { return is_under(path, root); });
}

} // namespace

bool roles_allow(const api::identity& user, const access_question& wanted) {
  if (in_group(user, authenticated_group) && allow(everybody, wanted))
    return true;
  return allow(rules_of(user.name), wanted);
}

bool roles_allow_path(const api::identity& user, std::string_view verb,
                      std::string_view path) {
  if (verb != "get" && verb != "head")
    return false;
  // system:public-info-viewer
  if (is_under_any(path, {"/version", "/healthz", "/livez", "/readyz"}))
    return true;
  // system:discovery
  if (in_group(user, authenticated_group)
      && is_under_any(path, {"/api", "/apis", "/openapi"}))
    return true;
  // system:service-account-issuer-discovery
  return in_group(user, service_accounts_group)
         && is_under_any(
             path, {"/.well-known/openid-configuration", "/openid/v1/jwks"});
}

std::optional<api::status> check_access(const api::identity& user,
                                        const access_question& wanted) {
  if (in_group(user, masters_group) || roles_allow(user, wanted))
    return std::nullopt;
  return refuse_access(user, wanted);
}

bool has_role(std::string_view user) {
  return !rules_of(user).empty();
}

} // namespace troupe::gateway
