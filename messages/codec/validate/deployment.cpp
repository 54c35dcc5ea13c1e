#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/internal_json.hpp"
#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/members.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/templates.hpp"
#include "messages/meta/percent.hpp"
#include "messages/schema/ids/apps_v1.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/apps_v1.hpp"

#include <charconv>

namespace troupe::codec {

namespace {

namespace ids = schema::ids;
namespace apps = view::apps_v1;

void fill_strategy(document& doc, node& strategy) {
  namespace id = ids::deployment_strategy;
  namespace rolling = ids::rolling_update_deployment;
  fill_text(doc, strategy, id::type, "RollingUpdate");
  if (text_of(&strategy, id::type) != "RollingUpdate")
    return;
  auto& bounds = doc.object_at(strategy, id::rolling_update);
  for (const auto field : {rolling::max_unavailable, rolling::max_surge})
    if (bounds.find(field) == nullptr)
      doc.set(bounds, field, doc.make_string("25%"));
}

void fill_defaults(document& object) {
  namespace id = ids::deployment_spec;
  auto& spec = object.object_at(object.root(), ids::deployment::spec);
  fill_integer(object, spec, id::replicas, 1);
  fill_template(object, object.object_at(spec, id::template_));
  fill_strategy(object, object.object_at(spec, id::strategy));
  fill_integer(object, spec, id::revision_history_limit, 10);
  fill_integer(object, spec, id::progress_deadline_seconds, 600);
}

void refuse(const view::int_or_string& value, std::string why,
            const spot& here) {
  if (value.is_number())
    here.invalid(value.number(), std::move(why));
  else
    here.invalid(value.text(), std::move(why));
}

/// A number, or a text such as "25%".
void check_amount(const view::int_or_string& value, const spot& here) {
  if (!value || value.is_number())
    here.not_negative(value.number());
  else if (!meta::parse_percent(value.text()))
    here.invalid(value.text(), std::string{meta::percent_complaint});
}

/// What is neither a number nor a percentage counts as nothing, too.
bool is_zero(const view::int_or_string& value) {
  if (const auto percent = meta::parse_percent(value.text()))
    return *percent == 0;
  std::int64_t number = value.number();
  const auto text = value.text();
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number == 0;
}

void check_rolling(apps::rolling_update_deployment bounds, const spot& here) {
  const auto missing = here.child("maxUnavailable");
  check_amount(bounds.max_unavailable(), missing);
  check_amount(bounds.max_surge(), here.child("maxSurge"));
  if (is_zero(bounds.max_unavailable()) && is_zero(bounds.max_surge()))
    refuse(bounds.max_unavailable(), "may not be 0 when `maxSurge` is 0",
           missing);
  if (meta::parse_percent(bounds.max_unavailable().text()) > 100)
    refuse(bounds.max_unavailable(), "must not be greater than 100%", missing);
}

void check_strategy(apps::deployment_strategy strategy, const spot& here) {
  const auto rolling = here.child("rollingUpdate");
  if (strategy.type() == "Recreate") {
    if (strategy.rolling_update())
      rolling.forbidden(
          "may not be specified when strategy `type` is 'Recreate'");
  } else if (strategy.type() == "RollingUpdate") {
    check_rolling(strategy.rolling_update(), rolling);
  } else {
    here.not_supported_json(
        internal_json(*strategy.raw(),
                      *schema::find_type("io.k8s.api.apps.v1."
                                         "DeploymentStrategy")),
        {"Recreate", "RollingUpdate"});
  }
}

void check(const document& object, meta::field_errors& errors) {
  const auto spec = apps::deployment{object}.spec();
  const spot here{"spec", errors};
  here.child("replicas").not_negative(spec.replicas());
  check_selected_template(spec.selector(), spec.template_(),
                          here.child("selector"), here.child("template"));
  check_strategy(spec.strategy(), here.child("strategy"));
  here.child("minReadySeconds").not_negative(spec.min_ready_seconds());
  here.child("revisionHistoryLimit")
      .not_negative(spec.revision_history_limit());
  const auto deadline = here.child("progressDeadlineSeconds");
  deadline.not_negative(spec.progress_deadline_seconds());
  if (spec.has_progress_deadline_seconds()
      && spec.progress_deadline_seconds() <= spec.min_ready_seconds())
    deadline.invalid(spec.progress_deadline_seconds(),
                     "must be greater than minReadySeconds");
}

void check_update(const document& next, const document& old,
                  meta::field_errors& errors) {
  check(next, errors);
  check_same_selector(apps::deployment{next}.spec().selector(),
                      apps::deployment{old}.spec().selector(),
                      spot{"spec.selector", errors});
}

/// Labels stay; who counts pods says nothing about them.
void prepare_status(document& next, const document& old) {
  copy_member(next, next.object_at(next.root(), metadata_id),
              old.root().find(metadata_id), object_meta::labels);
}

void check_status(const document& next, const document& old,
                  meta::field_errors& errors) {
  const auto status = apps::deployment{next}.status();
  const spot here{"status", errors};
  here.child("observedGeneration").not_negative(status.observed_generation());
  here.child("replicas").not_negative(status.replicas());
  here.child("updatedReplicas").not_negative(status.updated_replicas());
  here.child("readyReplicas").not_negative(status.ready_replicas());
  here.child("availableReplicas").not_negative(status.available_replicas());
  here.child("unavailableReplicas").not_negative(status.unavailable_replicas());
  here.child("terminatingReplicas").not_negative(status.terminating_replicas());
  here.child("collisionCount").not_negative(status.collision_count());
  const auto at_most = [&](std::int64_t value, std::int64_t max,
                           std::string_view name, std::string_view of) {
    if (value > max)
      here.child(name).invalid(value,
                               "cannot be greater than " + std::string{of});
  };
  at_most(status.updated_replicas(), status.replicas(), "updatedReplicas",
          "status.replicas");
  at_most(status.ready_replicas(), status.replicas(), "readyReplicas",
          "status.replicas");
  at_most(status.available_replicas(), status.replicas(), "availableReplicas",
          "status.replicas");
  at_most(status.available_replicas(), status.ready_replicas(),
          "availableReplicas", "readyReplicas");
  const auto before = apps::deployment{old}.status();
  if (before.has_collision_count()
      && (!status.has_collision_count()
          || status.collision_count() < before.collision_count()))
    here.child("collisionCount")
        .invalid(status.collision_count(), "cannot be decremented");
}

void warn_create(const document& object, std::vector<std::string>& texts) {
  const apps::deployment deployment{object};
  warning_list out{texts};
  warn_name(deployment.metadata().name(), out);
  warn_template(deployment.spec().template_(), "spec.template", out);
}

void warn_update(const document& next, const document& old,
                 std::vector<std::string>& texts) {
  const apps::deployment deployment{next};
  warning_list out{texts};
  if (deployment.metadata().generation()
      != apps::deployment{old}.metadata().generation())
    warn_template(deployment.spec().template_(), "spec.template", out);
}

constexpr subresource_rules subresources[] = {
    {.name = "status", .prepare = prepare_status, .check = check_status},
};

} // namespace

extern const kind_rules deployment_rules;
const kind_rules deployment_rules{
    .group = "apps",
    .kind = "Deployment",
    .table_checks = false,
    .annotations_are_wanted = true,
    .fill_defaults = fill_defaults,
    .check_create = check,
    .check_update = check_update,
    .warn_create = warn_create,
    .warn_update = warn_update,
    .subresources = subresources,
};

} // namespace troupe::codec
