#include "messages/codec/validate/defaults.hpp"
#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/schema/ids/apps_v1.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"

#include <limits>

/// What older versions fill in otherwise than the stored one.
namespace troupe::codec {

namespace {

namespace ids = schema::ids;
namespace apps = schema::ids::apps_v1;

/// Means all of them, and never.
constexpr std::int64_t no_limit = std::numeric_limits<std::int32_t>::max();

/// Who selects nothing selects what the template makes, and is labelled so.
void follow_template(document& object) {
  auto& spec = object.object_at(object.root(), apps::deployment::spec);
  static_assert(
      apps::deployment::spec == apps::replica_set::spec
      && apps::deployment_spec::selector == apps::replica_set_spec::selector
      && apps::deployment_spec::template_ == apps::replica_set_spec::template_);
  const auto* labels =
      find(spec, {apps::deployment_spec::template_,
                  ids::pod_template_spec::metadata, object_meta::labels});
  if (labels == nullptr || labels->empty())
    return;
  if (spec.find(apps::deployment_spec::selector) == nullptr) {
    auto& selector = object.object_at(spec, apps::deployment_spec::selector);
    object.set(selector, ids::label_selector::match_labels,
               object.clone(*labels));
  }
  auto& metadata = object.object_at(object.root(), metadata_id);
  const auto* own = metadata.find(object_meta::labels);
  if (own == nullptr || own->empty())
    object.set(metadata, object_meta::labels, object.clone(*labels));
}

void fill_apps_beta_deployment(document& object) {
  follow_template(object);
  auto& spec = object.object_at(object.root(), apps::deployment::spec);
  fill_integer(object, spec, apps::deployment_spec::revision_history_limit, 2);
}

void fill_extensions_deployment(document& object) {
  follow_template(object);
  auto& spec = object.object_at(object.root(), apps::deployment::spec);
  fill_integer(object, spec, apps::deployment_spec::revision_history_limit,
               no_limit);
  fill_integer(object, spec, apps::deployment_spec::progress_deadline_seconds,
               no_limit);
  auto& strategy = object.object_at(spec, apps::deployment_spec::strategy);
  fill_text(object, strategy, apps::deployment_strategy::type, "RollingUpdate");
  if (text_of(&strategy, apps::deployment_strategy::type) != "RollingUpdate")
    return;
  auto& bounds =
      object.object_at(strategy, apps::deployment_strategy::rolling_update);
  for (const auto field : {apps::rolling_update_deployment::max_unavailable,
                           apps::rolling_update_deployment::max_surge})
    fill_integer(object, bounds, field, 1);
}

struct version_defaults {
  std::string_view group;
  std::string_view version;
  std::string_view kind;
  void (*fill)(document& object);
};

constexpr version_defaults all_defaults[] = {
    {"apps", "v1beta1", "Deployment", fill_apps_beta_deployment},
    {"extensions", "v1beta1", "Deployment", fill_extensions_deployment},
    {"extensions", "v1beta1", "ReplicaSet", follow_template},
};

} // namespace

void apply_version_defaults(document& stored,
                            const schema::resource_desc& version) {
  const auto& kind = version.kind;
  for (const auto& one : all_defaults)
    if (one.group == kind.group && one.version == kind.version
        && one.kind == kind.kind)
      one.fill(stored);
}

} // namespace troupe::codec
