#include "messages/codec/validate/templates.hpp"

#include "messages/codec/json.hpp"
#include "messages/codec/validate/object_meta.hpp"
#include "messages/codec/validate/pod_defaults.hpp"
#include "messages/codec/validate/pod_warnings.hpp"
#include "messages/codec/validate/texts.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/selectors.hpp"

#include <vector>

namespace troupe::codec {

namespace {

namespace ids = schema::ids;

/// Labels sorted by name, as selectors read them.
struct label {
  std::string_view name;
  std::string_view value;
};

std::vector<label> labels_of(meta_view metadata) {
  std::vector<label> out;
  for (auto [key, value] : metadata.labels())
    out.push_back({key, value});
  return out;
}

std::string labels_json(meta_view metadata) {
  const node* labels = metadata.raw() == nullptr
                           ? nullptr
                           : metadata.raw()->find(ids::object_meta::labels);
  std::string out;
  if (labels == nullptr)
    return "null";
  append_json(out, *labels, nullptr);
  return out;
}

std::string selector_json(view::meta_v1::label_selector selector) {
  if (!selector)
    return "null";
  return encode_json(
      *selector.raw(),
      schema::find_type("io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector"));
}

} // namespace

void fill_template(document& doc, node& wanted) {
  fill_pod_spec(doc, doc.object_at(wanted, ids::pod_template_spec::spec));
}

void check_template(core::pod_template_spec wanted, const spot& here) {
  check_labels(wanted.metadata().labels(), here.child("labels"));
  check_annotations(wanted.metadata().raw(), here.child("annotations").path(),
                    here.errors());
  check_pod_annotations(wanted.metadata(), wanted.spec(), false,
                        here.child("annotations"));
  const auto spec = here.child("spec");
  check_pod_spec(wanted.spec(), std::nullopt, spec);
  check_profiles_match(wanted.metadata(), wanted.spec(), spec);
  if (!wanted.spec().ephemeral_containers().empty())
    spec.child("ephemeralContainers")
        .forbidden("ephemeral containers not allowed in pod template");
}

void check_kept_template(core::pod_template_spec wanted,
                         const meta::label_selector& selector,
                         std::string_view kind, const spot& here) {
  if (!selector.selects_everything()
      && !selector.matches(labels_of(wanted.metadata())))
    here.child("metadata.labels")
        .invalid_json(labels_json(wanted.metadata()),
                      "`selector` does not match template `labels`");
  check_template(wanted, here);
  const auto spec = here.child("spec");
  if (wanted.spec().restart_policy() != "Always")
    spec.child("restartPolicy")
        .not_supported(wanted.spec().restart_policy(), {"Always"});
  if (wanted.spec().has_active_deadline_seconds())
    spec.child("activeDeadlineSeconds")
        .forbidden("activeDeadlineSeconds in " + std::string{kind}
                   + " is not Supported");
}

void check_selected_template(view::meta_v1::label_selector selector,
                             core::pod_template_spec wanted,
                             const spot& selector_spot,
                             const spot& template_spot) {
  if (!selector) {
    selector_spot.required();
  } else {
    check_label_selector(selector, selector_spot);
    if (selector.match_labels().empty() && selector.match_expressions().empty())
      selector_spot.invalid_json(selector_json(selector),
                                 "empty selector is invalid for deployment");
  }
  if (const auto parsed = view::to_selector(selector))
    check_kept_template(wanted, *parsed, "ReplicaSet", template_spot);
  else
    selector_spot.invalid_json(selector_json(selector),
                               "invalid label selector");
}

void check_same_selector(view::meta_v1::label_selector next,
                         view::meta_v1::label_selector old, const spot& here) {
  const auto now = selector_json(next);
  if (now != selector_json(old))
    here.invalid_json(now, "field is immutable");
}

void warn_template(core::pod_template_spec wanted, std::string_view path,
                   warning_list& out) {
  warn_pod_spec(wanted.metadata(), wanted.spec(), path, out);
}

void warn_name(std::string_view name, warning_list& out) {
  const auto wrong = meta::check_dns1123_label(name);
  if (wrong.empty())
    return;
  std::string all;
  for (const auto& each : wrong)
    all += (all.empty() ? "" : " ") + each;
  out.add("metadata.name: this is used in Pod names and hostnames, which can "
          "result in surprising behavior; a DNS label is recommended: ["
          + all + "]");
}

} // namespace troupe::codec
