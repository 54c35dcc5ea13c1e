#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/replica_checks.hpp"
#include "messages/schema/ids/apps_v1.hpp"
#include "messages/view/apps_v1.hpp"

namespace troupe::codec {

namespace {

namespace ids = schema::ids;

view::apps_v1::replica_set as_set(const document& object) {
  return view::apps_v1::replica_set{object};
}

void fill_defaults(document& object) {
  auto& spec = object.object_at(object.root(), ids::replica_set::spec);
  fill_integer(object, spec, ids::replica_set_spec::replicas, 1);
  fill_template(object,
                object.object_at(spec, ids::replica_set_spec::template_));
}

void check(const document& object, meta::field_errors& errors) {
  const auto spec = as_set(object).spec();
  const spot here{"spec", errors};
  here.child("replicas").not_negative(spec.replicas());
  here.child("minReadySeconds").not_negative(spec.min_ready_seconds());
  check_selected_template(spec.selector(), spec.template_(),
                          here.child("selector"), here.child("template"));
}

void check_update(const document& next, const document& old,
                  meta::field_errors& errors) {
  check_same_selector(as_set(next).spec().selector(),
                      as_set(old).spec().selector(),
                      spot{"spec.selector", errors});
}

void check_status(const document& next, const document&,
                  meta::field_errors& errors) {
  const auto status = as_set(next).status();
  const spot here{"status", errors};
  check_replica_counts(replica_counts::of(status), here);
  if (status.has_terminating_replicas())
    here.child("terminatingReplicas")
        .not_negative(status.terminating_replicas());
}

void warn_template_of(const document& object, warning_list& out) {
  warn_template(as_set(object).spec().template_(), "spec.template", out);
}

void warn_create(const document& object, std::vector<std::string>& texts) {
  warning_list out{texts};
  warn_name(as_set(object).metadata().name(), out);
  warn_template_of(object, out);
}

void warn_update(const document& next, const document& old,
                 std::vector<std::string>& texts) {
  warning_list out{texts};
  if (as_set(next).metadata().generation()
      != as_set(old).metadata().generation())
    warn_template_of(next, out);
}

constexpr subresource_rules subresources[] = {
    {.name = "status", .check = check_status},
};

} // namespace

extern const kind_rules replica_set_rules;
const kind_rules replica_set_rules{
    .group = "apps",
    .kind = "ReplicaSet",
    .table_checks = false,
    .fill_defaults = fill_defaults,
    .check = check,
    .check_update = check_update,
    .warn_create = warn_create,
    .warn_update = warn_update,
    .subresources = subresources,
};

} // namespace troupe::codec
