#include "actors/gateway/object/node_admission.hpp"

#include "messages/schema/ids/core_v1.hpp"
#include "messages/view/core_v1.hpp"

namespace troupe::gateway {

namespace {

namespace ids = schema::ids;

constexpr std::string_view key = "node.kubernetes.io/not-ready";
constexpr std::string_view effect = "NoSchedule";

} // namespace

void admit_node(const object_call& call, codec::document& object) {
  const auto& kind = call.resource->kind;
  if (!kind.group.empty() || kind.kind != "Node" || !call.subresource.empty())
    return;
  for (auto each : view::core_v1::node{object}.spec().taints())
    if (each.key() == key && each.effect() == effect)
      return;
  auto& spec = object.object_at(object.root(), ids::node::spec);
  auto* taint = object.make_object();
  object.set(*taint, ids::taint::key, object.make_string(key));
  object.set(*taint, ids::taint::effect, object.make_string(effect));
  object.push_back(object.list_at(spec, ids::node_spec::taints), taint);
}

} // namespace troupe::gateway
