#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/object_meta.hpp"
#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/pod_defaults.hpp"
#include "messages/codec/validate/pod_warnings.hpp"
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
  check_annotations(wanted.metadata().raw(), here.child("annotations").path(),
                    errors);
  check_pod_annotations(wanted.metadata(), wanted.spec(), false,
                        here.child("annotations"));
  const auto spec = here.child("spec");
  check_pod_spec(wanted.spec(), std::nullopt, spec);
  check_profiles_match(wanted.metadata(), wanted.spec(), spec);
  if (!wanted.spec().ephemeral_containers().empty())
    spec.child("ephemeralContainers")
        .forbidden("ephemeral containers not allowed in pod template");
}

void warn_create(const document& object, std::vector<std::string>& texts) {
  const auto wanted = core::pod_template{object}.template_();
  warning_list out{texts};
  warn_pod_spec(wanted.metadata(), wanted.spec(), "template", out);
}

void warn_update(const document& next, const document& old,
                 std::vector<std::string>& texts) {
  if (core::pod_template{next}.metadata().generation()
      != core::pod_template{old}.metadata().generation())
    warn_create(next, texts);
}

} // namespace

extern const kind_rules pod_template_rules;
const kind_rules pod_template_rules{
    .group = "",
    .kind = "PodTemplate",
    .table_checks = false,
    .fill_defaults = fill_defaults,
    .check = check,
    .warn_create = warn_create,
    .warn_update = warn_update,
};

} // namespace troupe::codec
