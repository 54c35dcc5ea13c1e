#include "actors/gateway/object/admission.hpp"

#include "actors/gateway/object/metadata.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "runtime/store/guards.hpp"

#include <algorithm>

namespace troupe::gateway {

namespace {

constexpr std::string_view immortal[] = {"default", "kube-system",
                                         "kube-public"};

api::status terminating(const object_call& call, std::string_view name) {
  auto out = api::forbidden(call.group_resource(), name,
                            "unable to create new content in namespace "
                                + call.ns + " because it is being terminated");
  out.details->causes.push_back(
      {"NamespaceTerminating", "namespace " + call.ns + " is being terminated",
       "metadata.namespace"});
  return out;
}

} // namespace

std::string_view admitted_name(const codec::document& object) {
  if (const auto name = name_of(object); !name.empty())
    return name;
  const auto base = meta_text(object, object_meta::generate_name);
  return base.empty() ? "Unknown" : base;
}

std::optional<api::status> admit_creation(const object_call& call,
                                          const codec::document& object,
                                          const store::store_snapshot& state) {
  if (!call.resource->namespaced)
    return std::nullopt;
  const auto standing =
      state.get(std::string{store::namespaces_prefix} + call.ns);
  if (standing == nullptr)
    return api::not_found({"", "namespaces"}, call.ns);
  if (standing->columns->deleting)
    return terminating(call, admitted_name(object));
  return std::nullopt;
}

std::optional<api::status> admit_removal(const object_call& call) {
  if (is_namespace(*call.resource)
      && std::ranges::find(immortal, call.name) != std::end(immortal))
    return api::forbidden(call.group_resource(), call.name,
                          "this namespace may not be deleted");
  return std::nullopt;
}

bool is_namespace(const schema::resource_desc& resource) {
  return resource.kind.group.empty() && resource.kind.kind == "Namespace";
}

bool has_spec_finalizers(const codec::document& object,
                         const schema::resource_desc& resource) {
  namespace ids = schema::ids;
  if (!is_namespace(resource))
    return false;
  const auto* own = codec::find(
      object.root(), {ids::namespace_::spec, ids::namespace_spec::finalizers});
  return own != nullptr && !own->empty();
}

} // namespace troupe::gateway
