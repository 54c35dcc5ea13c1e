#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/templates.hpp"
#include "messages/schema/ids/core_v1.hpp"

namespace troupe::codec {

namespace {

void fill_defaults(document& object) {
  fill_template(object, object.object_at(object.root(),
                                         schema::ids::pod_template::template_));
}

void check(const document& object, meta::field_errors& errors) {
  check_template(core::pod_template{object}.template_(),
                 spot{"template", errors});
}

void warn_create(const document& object, std::vector<std::string>& texts) {
  warning_list out{texts};
  warn_template(core::pod_template{object}.template_(), "template", out);
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
