#include "actors/gateway/bus/node_authorizer.hpp"
#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/storage.hpp"
#include "messages/meta/go_quote.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/authentication_v1.hpp"
#include "messages/view/core_v1.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace troupe::gateway {

namespace {

namespace auth = view::authentication_v1;

using labels = view::map<std::string_view>;

constexpr std::string_view restriction_domain =
    "node-restriction.kubernetes.io";

/// Labels of Kubernetes' own that a node sets, and domains of such.
constexpr std::array<std::string_view, 12> node_labels = {
    "kubernetes.io/hostname",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
    "node.kubernetes.io/instance-type",
    "beta.kubernetes.io/instance-type",
    "kubernetes.io/os",
    "kubernetes.io/arch",
    "beta.kubernetes.io/os",
    "beta.kubernetes.io/arch",
    "node.kubernetes.io/windows-build",
};
constexpr std::array<std::string_view, 2> node_domains = {
    "kubelet.kubernetes.io", "node.kubernetes.io"};

std::string_view domain_of(std::string_view label) {
  const auto slash = label.find('/');
  return slash == std::string_view::npos ? std::string_view{}
                                         : label.substr(0, slash);
}

bool is_within(std::string_view domain, std::string_view root) {
  if (!domain.ends_with(root))
    return false;
  domain.remove_suffix(root.size());
  return domain.empty() || domain.ends_with('.');
}

bool is_for_nodes(std::string_view label) {
  const auto domain = domain_of(label);
  if (is_within(domain, restriction_domain))
    return false;
  if (!is_within(domain, "kubernetes.io") && !is_within(domain, "k8s.io"))
    return true;
  return std::ranges::find(node_labels, label) != node_labels.end()
         || std::ranges::any_of(node_domains, [&](std::string_view root) {
              return is_within(domain, root);
            });
}

/// Labels that one has and the other has not, or has with another value.
std::set<std::string_view> changed(const labels& a, const labels& b) {
  std::set<std::string_view> out;
  auto add = [&](const labels& from, const labels& to) {
    for (auto [name, value] : from)
      if (!to.contains(name) || to[name] != value)
        out.insert(name);
  };
  add(a, b);
  add(b, a);
  return out;
}

/// Those of them that are not for nodes, as upstream lists them.
std::string forbidden_of(const std::set<std::string_view>& names) {
  std::string out;
  for (auto name : names) {
    if (is_for_nodes(name))
      continue;
    out += out.empty() ? "" : ", ";
    out += name;
  }
  return out;
}

labels labels_of(const codec::document& object) {
  return view::core_v1::node{object}.metadata().labels();
}

const codec::node* taints_of(const codec::document& node) {
  return codec::find_path(node.root(), node.type(), "spec.taints");
}

bool same(const codec::node* a, const codec::node* b) {
  const bool empty_a = a == nullptr || a->empty();
  const bool empty_b = b == nullptr || b->empty();
  return empty_a || empty_b ? empty_a == empty_b : codec::equal(*a, *b);
}

/// The object of the request as it stands; none when there is none.
std::optional<codec::document> standing(const api::request& request,
                                        const store::store_snapshot& state) {
  const auto& target = request.target;
  const auto* resource =
      schema::find_resource(target.group, target.version, target.resource);
  if (resource == nullptr || resource->stored != nullptr)
    return std::nullopt;
  auto found = read_object(state, object_key(*resource, target.ns, target.name),
                           *resource);
  if (!found || !*found)
    return std::nullopt;
  return std::move((*found)->object);
}

/// The name the write is about; that of the body for creations.
std::string name_in(const api::request& request) {
  if (request.verb != api::verb::create)
    return request.target.name;
  return request.body == nullptr ? std::string{}
                                 : std::string{name_of(*request.body)};
}

std::string restrict_own_node(const std::string& node,
                              const api::request& request,
                              const store::store_snapshot& state) {
  const auto quoted = meta::go_quote(node);
  if (name_in(request) != node)
    return "node " + quoted + " is not allowed to modify node "
           + meta::go_quote(name_in(request));
  if (request.body == nullptr)
    return {};
  const codec::document nothing{request.body->type()};
  const bool creates = request.verb == api::verb::create;
  const auto before = creates ? std::nullopt : standing(request, state);
  const auto& old = before ? *before : nothing;
  if (!creates && before && !same(taints_of(*request.body), taints_of(old)))
    return "node " + quoted + " is not allowed to modify taints";
  const auto wrong =
      forbidden_of(changed(labels_of(*request.body), labels_of(old)));
  if (wrong.empty())
    return {};
  return "node " + quoted
         + (creates ? " is not allowed to set the following labels: "
                    : " is not allowed to modify labels: ")
         + wrong;
}

std::string refuse_pod(const std::string& node, const api::request& request,
                       const codec::document& before) {
  const auto quoted = meta::go_quote(node);
  const bool own = view::core_v1::pod{before}.spec().node_name() == node;
  if (request.verb == api::verb::remove)
    return own ? ""
               : "node " + quoted
                     + " can only delete pods with spec.nodeName set to itself";
  if (!own)
    return "node " + quoted
           + " can only update pod status for pods with spec.nodeName set to "
             "itself";
  if (request.body != nullptr
      && !changed(labels_of(*request.body), labels_of(before)).empty())
    return "node " + quoted + " cannot update labels through pod status";
  return {};
}

std::optional<api::status> restrict_pod(const std::string& node,
                                        api::request& request,
                                        const store::store_snapshot& state) {
  const auto& target = request.target;
  const api::group_resource resource{target.group, target.resource};
  const auto before = standing(request, state);
  if (!before)
    return api::not_found(resource, target.name);
  const auto why = refuse_pod(node, request, *before);
  if (!why.empty())
    return api::forbidden(resource, target.name, why);
  const bool names_uid =
      !request.uid.empty()
      || (request.body != nullptr && !uid_of(*request.body).empty());
  if (!names_uid)
    request.uid = uid_of(*before);
  return std::nullopt;
}

std::string restrict_lease(const std::string& node,
                           const api::request& request) {
  return name_in(request) == node
             ? ""
             : "can only access node lease with the same name as the "
               "requesting node";
}

/// A pod's volumes say whom its tokens are for.
bool names_audience(const view::core_v1::pod& pod, std::string_view audience) {
  for (auto volume : pod.spec().volumes())
    for (auto source : volume.projected().sources())
      if (source.has_service_account_token()
          && source.service_account_token().audience() == audience)
        return true;
  return false;
}

std::string refuse_audience(const std::string& node,
                            const auth::token_request_spec& spec,
                            const view::core_v1::pod& pod) {
  const auto audiences = spec.audiences();
  if (audiences.size() > 1)
    return "node may only request 0 or 1 audiences";
  const auto audience = audiences.empty() ? std::string_view{} : audiences[0];
  if (names_audience(pod, audience))
    return {};
  return "audience " + meta::go_quote(audience)
         + " not found in pod spec volume, " + node_user_prefix + node
         + " is not authorized to request tokens for this audience";
}

std::string refuse_token(const std::string& node,
                         const auth::token_request_spec& spec,
                         const codec::document& pod) {
  const auto uid = spec.bound_object_ref().uid();
  const view::core_v1::pod face{pod};
  if (uid != uid_of(pod))
    return "the UID in the bound object reference (" + std::string{uid}
           + ") does not match the UID in record. The object might have been "
             "deleted and then recreated";
  if (face.spec().node_name() != node)
    return "node requested token bound to a pod scheduled on a different node";
  return refuse_audience(node, spec, face);
}

std::optional<api::status> restrict_token(const std::string& node,
                                          const api::request& request,
                                          const store::store_snapshot& state) {
  const auto& target = request.target;
  const auto forbid = [&](const std::string& why) {
    return why.empty() ? std::optional<api::status>{}
                       : api::forbidden({target.group, target.resource},
                                        target.name, why);
  };
  if (request.body == nullptr
      || request.body->type()
             != schema::find_kind_type(
                 {"authentication.k8s.io", "v1", "TokenRequest"}))
    return api::bad_request("a TokenRequest is required");
  const auto spec = auth::token_request{*request.body}.spec();
  const auto bound = spec.bound_object_ref();
  if (bound.api_version() != "v1" || bound.kind() != "Pod"
      || bound.name().empty())
    return forbid("node requested token not bound to a pod");
  if (bound.uid().empty())
    return forbid("node requested token with a pod binding without a uid");
  api::request pod;
  pod.target = {"", "v1", "pods", "", target.ns, std::string{bound.name()}};
  const auto stands = standing(pod, state);
  if (!stands)
    return api::not_found({"", "pods"}, bound.name());
  return forbid(refuse_token(node, spec, *stands));
}

bool writes(api::verb verb) {
  return verb != api::verb::get && verb != api::verb::list
         && verb != api::verb::watch;
}

} // namespace

std::optional<api::status> restrict_node(const bus_peer& node,
                                         api::request& request,
                                         const store::store_snapshot& state) {
  const auto& target = request.target;
  std::string why;
  if (!writes(request.verb))
    return std::nullopt;
  if (target.group.empty() && target.resource == "pods")
    return restrict_pod(node.name, request, state);
  if (target.group.empty() && target.resource == "serviceaccounts"
      && target.subresource == "token")
    return restrict_token(node.name, request, state);
  if (target.group.empty() && target.resource == "nodes")
    why = restrict_own_node(node.name, request, state);
  else if (target.resource == "leases")
    why = restrict_lease(node.name, request);
  if (why.empty())
    return std::nullopt;
  return api::forbidden({target.group, target.resource}, name_in(request), why);
}

} // namespace troupe::gateway
