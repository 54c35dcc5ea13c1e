#include "actors/gateway/object/scale.hpp"

#include "actors/gateway/object/metadata.hpp"
#include "messages/codec/print/labels_text.hpp"
#include "messages/schema/ids/autoscaling_v1.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/view.hpp"

namespace troupe::gateway {

using codec::document;
using codec::node;

namespace {

namespace ids = schema::ids;

const node* field_of(const document& object,
                     const schema::resource_desc& resource,
                     std::string_view path) {
  return codec::find_path(object.root(), resource.type, path);
}

/// Tables show nothing where a query has no text.
std::string query_text(std::string shown) {
  return shown == "<none>" ? std::string{} : shown;
}

/// The object's selector, a map or a metav1.LabelSelector, as a query.
std::string selector_text(const document& object,
                          const schema::resource_desc& resource) {
  const auto* selector = field_of(object, resource, "spec.selector");
  const auto* field = resource.type->find("spec")->object->find("selector");
  if (field->object == nullptr)
    return query_text(codec::labels_text(selector));
  return query_text(codec::selector_text(selector, *field->object));
}

constexpr schema::column_desc columns[] = {
    {.name = "Name",
     .type = "string",
     .format = "name",
     .doc = "Name of the object.",
     .cell = "metadata.name"},
    {.name = "Desired",
     .type = "integer",
     .doc = "How many replicas are wanted.",
     .cell = "spec.replicas"},
    {.name = "Available",
     .type = "integer",
     .doc = "How many replicas were last seen.",
     .cell = "status.replicas"},
    {.name = "Age",
     .type = "string",
     .doc = "Time since the object was created.",
     .cell = "age(metadata.creationTimestamp)"},
};

void set_replicas(document& scale, node& to, codec::field_id id,
                  const node* value) {
  const auto count = view::read<std::int64_t>(value);
  if (count != 0)
    scale.set(to, id, scale.make_integer(count));
}

} // namespace

const schema::resource_desc& scale_resource() {
  static const schema::resource_desc desc = [] {
    schema::resource_desc out;
    out.kind = {"autoscaling", "v1", "Scale"};
    out.plural = "scales";
    out.has_status = true;
    out.type = schema::find_kind_type(out.kind);
    out.columns = columns;
    return out;
  }();
  return desc;
}

document scale_of(const document& object,
                  const schema::resource_desc& resource) {
  document out{scale_resource().type};
  for (auto id :
       {object_meta::name, object_meta::namespace_, object_meta::uid,
        object_meta::resource_version, object_meta::creation_timestamp})
    set_meta_text(out, id, meta_text(object, id));
  auto& spec = out.object_at(out.root(), ids::scale::spec);
  set_replicas(out, spec, ids::scale_spec::replicas,
               field_of(object, resource, "spec.replicas"));
  auto& status = out.object_at(out.root(), ids::scale::status);
  set_replicas(out, status, ids::scale_status::replicas,
               field_of(object, resource, "status.replicas"));
  if (const auto text = selector_text(object, resource); !text.empty())
    out.set(status, ids::scale_status::selector, out.make_string(text));
  return out;
}

void take_scale(document& object, const schema::resource_desc& resource,
                const document& scale) {
  const auto* spec = resource.type->find("spec");
  const auto replicas = view::read<std::int64_t>(
      field_of(scale, scale_resource(), "spec.replicas"));
  object.set(object.object_at(object.root(), spec->id),
             spec->object->find("replicas")->id, object.make_integer(replicas));
  set_meta_text(object, object_meta::resource_version,
                meta_text(scale, object_meta::resource_version));
}

/// Upstream's kinds differ, and one of them names another group.
api::status no_scale(const schema::resource_desc& resource,
                     std::string_view name) {
  if (resource.plural == "replicasets")
    return api::not_found({resource.kind.group, "replicasets/scale"}, name);
  if (resource.plural == "replicationcontrollers")
    return api::not_found({"autoscaling", "replicationcontrollers/scale"},
                          name);
  return api::not_found({resource.kind.group, resource.plural}, name);
}

} // namespace troupe::gateway
