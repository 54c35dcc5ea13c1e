#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/replica_checks.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/view/core_v1.hpp"

namespace troupe::codec {

namespace {

namespace ids = schema::ids;

core::replication_controller as_controller(const document& object) {
  return core::replication_controller{object};
}

/// The template's labels, unless `to` has some.
void fill_labels(document& object, node& to, field_id id, const node& labels) {
  if (entries_of(&to, id).empty())
    object.set(to, id, object.clone(labels));
}

void fill_defaults(document& object) {
  namespace id = ids::replication_controller_spec;
  auto& spec =
      object.object_at(object.root(), ids::replication_controller::spec);
  fill_integer(object, spec, id::replicas, 1);
  with_object(spec, id::template_, [&](node& wanted) {
    fill_template(object, wanted);
    const auto* labels =
        find(wanted, {ids::pod_template_spec::metadata, object_meta::labels});
    if (labels == nullptr || labels->empty())
      return;
    fill_labels(object, spec, id::selector, *labels);
    fill_labels(object, object.object_at(object.root(), metadata_id),
                object_meta::labels, *labels);
  });
}

meta::label_selector selector_of(core::replication_controller_spec spec) {
  std::vector<meta::requirement> all;
  for (const auto& [name, value] : spec.selector())
    all.push_back(
        {std::string{name}, meta::requirement_op::in, {std::string{value}}});
  return meta::label_selector{std::move(all)};
}

void check(const document& object, meta::field_errors& errors) {
  const auto spec = as_controller(object).spec();
  const spot here{"spec", errors};
  here.child("minReadySeconds").not_negative(spec.min_ready_seconds());
  if (spec.selector().empty())
    here.child("selector").required();
  here.child("replicas").not_negative(spec.replicas());
  if (spec.has_template_())
    check_kept_template(spec.template_(), selector_of(spec),
                        "ReplicationController", here.child("template"));
  else
    here.child("template").required();
}

void check_status(const document& next, const document&,
                  meta::field_errors& errors) {
  check_replica_counts(replica_counts::of(as_controller(next).status()),
                       spot{"status", errors});
}

void warn_template_of(const document& object, warning_list& out) {
  if (const auto spec = as_controller(object).spec(); spec.has_template_())
    warn_template(spec.template_(), "spec.template", out);
}

void warn_create(const document& object, std::vector<std::string>& texts) {
  warning_list out{texts};
  warn_name(as_controller(object).metadata().name(), out);
  warn_template_of(object, out);
}

void warn_update(const document& next, const document& old,
                 std::vector<std::string>& texts) {
  warning_list out{texts};
  if (as_controller(next).metadata().generation()
      != as_controller(old).metadata().generation())
    warn_template_of(next, out);
}

constexpr subresource_rules subresources[] = {
    {.name = "status", .check = check_status},
};

} // namespace

extern const kind_rules replication_controller_rules;
const kind_rules replication_controller_rules{
    .group = "",
    .kind = "ReplicationController",
    .table_checks = false,
    .orphans_dependents = true, // as it was before there was a collector
    .fill_defaults = fill_defaults,
    .check = check,
    .warn_create = warn_create,
    .warn_update = warn_update,
    .subresources = subresources,
};

} // namespace troupe::codec
