#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/members.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/object_meta.hpp"

namespace troupe::codec {

namespace {

constexpr field_id spec_id = 2;
constexpr field_id status_id = 3;
constexpr field_id finalizers_id = 1; // of the spec
constexpr field_id phase_id = 1;      // of the status

constexpr std::string_view name_label = "kubernetes.io/metadata.name";
constexpr std::string_view kubernetes_finalizer = "kubernetes";

/// Network policies and the like select a namespace by its name through this
/// label, so nobody may set it to anything else.
void label_with_name(document& object) {
  auto& metadata = object.object_at(object.root(), metadata_id);
  const auto name = text_of(&metadata, object_meta::name);
  if (name.empty())
    return;
  auto& labels = object.map_at(metadata, object_meta::labels);
  if (const auto* given = labels.find(name_label);
      given == nullptr || given->string_or("") != name)
    object.set(labels, name_label, object.make_string(name));
}

void prepare_create(document& object) {
  label_with_name(object);
  auto* status = object.make_object();
  object.set(*status, phase_id, object.make_string("Active"));
  object.set(object.root(), status_id, status);
  auto& spec = object.object_at(object.root(), spec_id);
  for (const auto* finalizer : items_of(&spec, finalizers_id))
    if (finalizer->string_or("") == kubernetes_finalizer)
      return;
  object.push_back(object.list_at(spec, finalizers_id),
                   object.make_string(kubernetes_finalizer));
}

/// Only the subresource `finalize` takes finalizers out of the spec.
void prepare_update(document& next, const document& old) {
  label_with_name(next);
  const node* old_spec = old.root().find(spec_id);
  copy_member(next, next.object_at(next.root(), spec_id), old_spec,
              finalizers_id);
}

void check_spec_finalizers(const document& object, bool indexed,
                           meta::field_errors& errors) {
  std::size_t index = 0;
  for (const auto* finalizer :
       items_of(object.root().find(spec_id), finalizers_id)) {
    std::string path = "spec.finalizers";
    if (indexed)
      path += "[" + std::to_string(index++) + "]";
    check_finalizer(finalizer->string_or(""), path, errors);
    check_standard_finalizer(finalizer->string_or(""), path, errors);
  }
}

void check(const document& object, meta::field_errors& errors) {
  check_spec_finalizers(object, false, errors);
}

void check_status(const document& next, const document&,
                  meta::field_errors& errors) {
  const node* metadata = next.root().find(metadata_id);
  const bool deleting =
      metadata != nullptr
      && metadata->find(object_meta::deletion_timestamp) != nullptr;
  const auto phase = text_of(next.root().find(status_id), phase_id);
  if (!deleting && phase != "Active")
    errors.push_back(
        meta::invalid("status.Phase", meta::quoted(phase),
                      "may only be 'Active' if `deletionTimestamp` is empty"));
  if (deleting && phase != "Terminating")
    errors.push_back(meta::invalid(
        "status.Phase", meta::quoted(phase),
        "may only be 'Terminating' if `deletionTimestamp` is not empty"));
}

void prepare_finalize(document& next, const document& old) {
  copy_member(next, next.root(), &old.root(), status_id);
}

void check_finalize(const document& next, const document&,
                    meta::field_errors& errors) {
  check_spec_finalizers(next, true, errors);
}

constexpr subresource_rules subresources[] = {
    {"status", nullptr, check_status},
    {"finalize", prepare_finalize, check_finalize},
};

} // namespace

extern const kind_rules namespace_rules;
const kind_rules namespace_rules{
    .group = "",
    .kind = "Namespace",
    .name = meta::check_label_name,
    .fill_defaults = label_with_name,
    .prepare_create = prepare_create,
    .prepare_update = prepare_update,
    .check = check,
    .subresources = subresources,
};

} // namespace troupe::codec
