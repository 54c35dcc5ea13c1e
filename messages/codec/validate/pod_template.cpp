#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/pod_defaults.hpp"
#include "messages/codec/validate/texts.hpp"
#include "messages/schema/ids/core_v1.hpp"

namespace troupe::codec {

namespace {

namespace ids = schema::ids;

void fill_defaults(document& object) {
  auto& wanted = object.object_at(object.root(), ids::pod_template::template_);
  fill_pod_spec(object, object.object_at(wanted, ids::pod_template_spec::spec));
}

void check(const document& object, meta::field_errors& errors) {
  const auto wanted = core::pod_template{object}.template_();
  const spot here{"template", errors};
  check_labels(wanted.metadata().labels(), here.child("labels"));
  const auto spec = here.child("spec");
  check_pod_spec(wanted.spec(), std::nullopt, spec);
  if (!wanted.spec().ephemeral_containers().empty())
    spec.child("ephemeralContainers")
        .forbidden("ephemeral containers not allowed in pod template");
}

} // namespace

extern const kind_rules pod_template_rules;
const kind_rules pod_template_rules{
    .group = "",
    .kind = "PodTemplate",
    .table_checks = false,
    .fill_defaults = fill_defaults,
    .check = check,
};

} // namespace troupe::codec
