#include "actors/gateway/object/bind.hpp"

#include "actors/gateway/object/identity.hpp"
#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/storage.hpp"
#include "actors/gateway/object/strictness.hpp"
#include "messages/meta/field_error.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/core_v1.hpp"

namespace troupe::gateway {

using codec::document;
using view::core_v1::binding;
using view::core_v1::pod;

namespace {

namespace ids = schema::ids;

constexpr api::group_resource pods_name{"", "pods"};

const schema::resource_desc& pods() {
  static const auto* found = schema::find_resource("", "v1", "pods");
  return *found;
}

/// Upstream answers with the bare text.
std::optional<api::status> check_target(const document& body) {
  const auto target = binding{body}.target();
  meta::field_errors errors;
  if (!target.kind().empty() && target.kind() != "Node")
    errors.push_back(meta::not_supported(
        "target.kind", meta::quoted(target.kind()), {"Node", "<empty>"}));
  if (target.name().empty())
    errors.push_back(meta::required("target.name"));
  if (errors.empty())
    return std::nullopt;
  if (errors.size() == 1)
    return unclassified(errors.front().text());
  return unclassified("[" + errors[0].text() + ", " + errors[1].text() + "]");
}

/// Why the pod cannot be bound; "" if it can.
std::string obstacle(pod wanted, const document& object) {
  const std::string name{name_of(object)};
  const auto spec = wanted.spec();
  if (is_deleting(object))
    return "pod " + name + " is being deleted, cannot be assigned to a host";
  if (!spec.node_name().empty())
    return "pod " + name + " is already assigned to node "
           + meta::quoted(spec.node_name());
  if (!spec.scheduling_gates().empty())
    return "pod " + name + " has non-empty .spec.schedulingGates";
  return {};
}

/// What the binding asks of the pod it means.
std::string mismatch(const document& body, const document& object) {
  const auto uid = uid_of(body);
  if (!uid.empty() && uid != uid_of(object))
    return "Precondition failed: UID in precondition: " + std::string{uid}
           + ", UID in object meta: " + std::string{uid_of(object)};
  const auto version = meta_text(body, object_meta::resource_version);
  const auto stands = meta_text(object, object_meta::resource_version);
  if (!version.empty() && version != stands)
    return "Precondition failed: ResourceVersion in precondition: "
           + std::string{version}
           + ", ResourceVersion in object meta: " + std::string{stands};
  return {};
}

/// Sets the condition PodScheduled; what it was is replaced.
void set_scheduled(document& doc, wall_time now) {
  namespace id = ids::pod_condition;
  auto& status = doc.object_at(doc.root(), ids::pod::status);
  auto& conditions = doc.list_at(status, ids::pod_status::conditions);
  auto* made = doc.make_object();
  doc.set(*made, id::type, doc.make_string("PodScheduled"));
  doc.set(*made, id::status, doc.make_string("True"));
  doc.set(*made, id::last_transition_time,
          doc.make_string(meta::format_time(now)));
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const view::core_v1::pod_condition standing{conditions.items()[i]};
    if (standing.type() == "PodScheduled")
      return doc.replace_item(conditions, i, made);
  }
  doc.push_back(conditions, made);
}

/// Labels and annotations of the binding become the pod's.
void take_words(document& doc, const document& body, schema::field_id id) {
  const auto* words = codec::find(body.root(), {metadata_id, id});
  if (words == nullptr || !words->is(codec::node_kind::map) || words->empty())
    return;
  auto& metadata = doc.object_at(doc.root(), metadata_id);
  auto& map = doc.map_at(metadata, id);
  for (const auto& [key, value] : words->entries())
    doc.set(map, key, doc.clone(*value));
}

write_decision bind(const stored_object& old, const document& body,
                    const stamps& given) {
  auto next = old.object.clone();
  auto& spec = next.object_at(next.root(), ids::pod::spec);
  next.set(spec, ids::pod_spec::node_name,
           next.make_string(binding{body}.target().name()));
  for (auto id : {object_meta::labels, object_meta::annotations})
    take_words(next, body, id);
  set_scheduled(next, given.now);
  erase_meta(next, object_meta::resource_version);
  auto write = make_put(next, pods());
  write_decision out;
  out.answer = accept(201, nullptr, old.at());
  out.guards.push_back(store::key_at_revision{write.key, old.at()});
  out.ops.push_back(std::move(write));
  return out;
}

write_decision decide_bind(const object_call& call, const std::string& name,
                           const document& body,
                           const store::store_snapshot& state,
                           const stamps& given) {
  auto old = read_object(state, object_key(pods(), call.ns, name), pods());
  if (!old)
    return {refuse(unreadable(old.error())), {}, {}};
  if (!*old)
    return {refuse(api::not_found(pods_name, name)), {}, {}};
  const auto& object = (**old).object;
  auto why = mismatch(body, object);
  if (why.empty())
    why = obstacle(pod{object}, object);
  if (!why.empty())
    return {refuse(api::conflict({"", "pods/binding"}, name, why)), {}, {}};
  return bind(**old, body, given);
}

} // namespace

bool is_binding(const object_call& call) {
  const auto& kind = call.resource->kind;
  return kind.group.empty()
         && (kind.kind == "Binding"
             || (kind.kind == "Pod" && call.subresource == "binding"));
}

checked<write_step> plan_bind(object_call call, document body) {
  if (auto why = refuse_problems(call))
    return std::move(*why);
  if (auto why = settle_namespace(call, body))
    return std::move(*why);
  if (!call.name.empty() && name_of(body) != call.name)
    return api::bad_request("name in URL does not match name in Binding "
                            "object");
  if (name_of(body).empty())
    return api::bad_request("name is required");
  if (auto why = check_target(body))
    return std::move(*why);
  std::string name{name_of(body)};
  auto shared = std::make_shared<const document>(std::move(body));
  return write_step{[call = std::move(call), name = std::move(name),
                     shared](const auto& state, const stamps& given) {
    return decide_bind(call, name, *shared, state, given);
  }};
}

} // namespace troupe::gateway
