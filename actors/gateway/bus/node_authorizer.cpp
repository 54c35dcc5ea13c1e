#include "actors/gateway/bus/node_authorizer.hpp"

#include "actors/gateway/access/question.hpp"
#include "actors/gateway/bus/bound_pods.hpp"
#include "actors/gateway/object/pod_references.hpp"
#include "messages/meta/go_quote.hpp"

#include <algorithm>
#include <string_view>

namespace troupe::gateway {

namespace {

using api::verb;

/// One question: may that node do that?
struct question {
  const std::string& node;
  const api::request& request;
  const meta::field_selector& fields;
  const store::store_snapshot& state;

  const api::target& target() const { return request.target; }

  bool is(std::initializer_list<verb> verbs) const {
    return std::ranges::find(verbs, request.verb) != verbs.end();
  }

  /// The one object it is about: by path, or by the selector of a watch.
  std::string_view name() const {
    return target().name.empty()
               ? fields.exact("metadata.name").value_or(std::string_view{})
               : std::string_view{target().name};
  }
};

/// No reason given: it may not, and there is no more to say.
struct verdict {
  bool allowed = false;
  std::string why;
};

verdict allow() {
  return {true, {}};
}

verdict deny(std::string why = {}) {
  return {false, std::move(why)};
}

verdict allow_if(bool condition) {
  return {condition, {}};
}

verdict unrelated(const question& q) {
  return deny("no relationship found between node '" + q.node
              + "' and this object");
}

verdict judge_node(const question& q) {
  const auto& sub = q.target().subresource;
  if (sub == "status")
    return allow_if(q.is({verb::update, verb::patch}));
  if (!sub.empty())
    return deny();
  if (q.is({verb::create, verb::update, verb::patch}))
    return allow();
  return allow_if(q.is({verb::get, verb::list, verb::watch}));
}

verdict judge_pod(const question& q) {
  const auto& sub = q.target().subresource;
  if (sub == "status")
    return allow_if(q.is({verb::update, verb::patch}));
  if (!sub.empty())
    return deny();
  if (q.is({verb::remove}))
    return allow();
  if (!q.is({verb::get, verb::list, verb::watch}))
    return deny();
  if (!q.is({verb::get}) && q.fields.exact("spec.nodeName") == q.node)
    return allow();
  const auto name = q.name();
  if (name.empty() || q.target().ns.empty())
    return deny("can only list/watch pods with spec.nodeName field selector");
  return is_bound_pod(q.state, q.target().ns, name, q.node) ? allow()
                                                            : unrelated(q);
}

/// Whether a pod bound to the node uses what is asked for.
verdict judge_name(const question& q, bool (*uses)(const codec::document& pod,
                                                   std::string_view name)) {
  const auto name = q.name();
  if (name.empty())
    return deny("No Object name found");
  const bool used = any_bound_pod(
      q.state, q.target().ns, q.node,
      [&](const codec::document& pod) { return uses(pod, name); });
  return used ? allow() : unrelated(q);
}

/// Secrets and config maps: whether a pod bound to the node uses it.
verdict judge_used(const question& q, bool (*uses)(const codec::document& pod,
                                                   std::string_view name)) {
  if (!q.is({verb::get, verb::list, verb::watch}))
    return deny("can only read resources of this type");
  if (!q.target().subresource.empty())
    return deny("cannot read subresource");
  if (q.target().ns.empty())
    return deny("can only read namespaced object of this type");
  return judge_name(q, uses);
}

/// Service accounts: those of its pods, to be read or to get a token of.
verdict judge_account(const question& q) {
  const auto& sub = q.target().subresource;
  const bool reads = q.is({verb::get}) && sub.empty();
  if (!reads && (!q.is({verb::create}) || q.target().name.empty()))
    return deny("can only create tokens for individual service accounts");
  if (!reads && sub != "token")
    return deny("can only create token subresource of serviceaccount");
  return judge_name(q, pod_runs_as);
}

verdict judge_lease(const question& q) {
  if (!q.is({verb::get, verb::create, verb::update, verb::patch, verb::remove}))
    return deny("can only get, create, update, patch, or delete a node lease");
  if (q.target().ns != node_lease_namespace)
    return deny("can only access leases in the "
                + meta::go_quote(node_lease_namespace) + " system namespace");
  if (!q.is({verb::create}) && q.target().name != q.node)
    return deny("can only access node lease with the same name as the "
                "requesting node");
  return allow();
}

verdict judge_core(const question& q) {
  const auto& resource = q.target().resource;
  if (resource == "nodes")
    return judge_node(q);
  if (resource == "pods")
    return judge_pod(q);
  if (resource == "secrets")
    return judge_used(q, pod_uses_secret);
  if (resource == "configmaps")
    return judge_used(q, pod_uses_config_map);
  if (resource == "serviceaccounts")
    return judge_account(q);
  const bool whole = q.target().subresource.empty();
  if (resource == "events")
    return allow_if(whole && q.is({verb::create, verb::update, verb::patch}));
  if (resource == "services" || resource == "endpoints")
    return allow_if(whole && q.is({verb::get, verb::list, verb::watch}));
  return deny();
}

verdict judge(const question& q) {
  const auto& group = q.target().group;
  const auto& resource = q.target().resource;
  const bool whole = q.target().subresource.empty();
  if (group.empty())
    return judge_core(q);
  if (group == "coordination.k8s.io" && resource == "leases" && whole)
    return judge_lease(q);
  if (group == "events.k8s.io" && resource == "events")
    return allow_if(whole && q.is({verb::create, verb::update, verb::patch}));
  if (group == "discovery.k8s.io" && resource == "endpointslices")
    return allow_if(whole && q.is({verb::get, verb::list, verb::watch}));
  return deny();
}

} // namespace

api::identity node_identity(const bus_peer& node) {
  api::identity out;
  out.name = node_user_prefix + node.name;
  out.groups = {nodes_group, "system:authenticated"};
  return out;
}

std::optional<api::status> authorize_node(const bus_peer& node,
                                          const api::request& request,
                                          const meta::field_selector& fields,
                                          const store::store_snapshot& state) {
  const auto found = judge({node.name, request, fields, state});
  if (found.allowed)
    return std::nullopt;
  return refuse_access(request.user, question_of(request), found.why);
}

} // namespace troupe::gateway
