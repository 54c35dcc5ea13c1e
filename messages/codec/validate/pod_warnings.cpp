#include "messages/codec/validate/pod_warnings.hpp"

#include "messages/meta/quantity.hpp"

namespace troupe::codec {

namespace {

constexpr std::string_view null_selector =
    "a null labelSelector results in matching no pod";

constexpr std::string_view seccomp_pod =
    "seccomp.security.alpha.kubernetes.io/pod";
constexpr std::string_view seccomp_prefix =
    "container.seccomp.security.alpha.kubernetes.io/";
constexpr std::string_view app_armor_prefix =
    "container.apparmor.security.beta.kubernetes.io/";
constexpr std::string_view use_seccomp_field =
    "non-functional in v1.27+; use the \"seccompProfile\" field instead";

struct annotation_note {
  std::string_view key;
  std::string_view note;
};

constexpr annotation_note deprecated_annotations[] = {
    {"scheduler.alpha.kubernetes.io/critical-pod",
     "non-functional in v1.16+; use the \"priorityClassName\" field instead"},
    {"security.alpha.kubernetes.io/sysctls",
     "non-functional in v1.11+; use the \"sysctls\" field instead"},
    {"security.alpha.kubernetes.io/unsafe-sysctls",
     "non-functional in v1.11+; use the \"sysctls\" field instead"},
};

std::string label_is(std::string_view key) {
  return std::string{key}.append(" is ").append(deprecated_node_label(key));
}

void warn_term(core::node_selector_term term, bool judge_values,
               const spot& here, warning_list& out) {
  each_item(
      here.child("matchExpressions"), term.match_expressions(),
      [&](core::node_selector_requirement one, const spot& at) {
        if (!deprecated_node_label(one.key()).empty())
          out.at(at.child("key"), label_is(one.key()));
        if (!judge_values)
          return;
        each_item(
            at.child("values"), one.values(),
            [&](std::string_view value, const spot& value_spot) {
              for (const auto& why : meta::check_label_value(value))
                out.at(value_spot,
                       std::string{value}.append(" is invalid, ").append(why));
            });
      });
}

void warn_node_choice(core::pod_spec spec, const spot& here,
                      warning_list& out) {
  const auto selector = here.child("nodeSelector");
  for (auto [key, value] : spec.node_selector())
    if (const auto note = deprecated_node_label(key); !note.empty())
      out.at(selector.key(key), note);
  const auto affinity = spec.affinity().node_affinity();
  const auto at = here.child("affinity.nodeAffinity");
  each_item(at.child("requiredDuringSchedulingIgnoredDuringExecution."
                     "nodeSelectorTerms"),
            affinity.required_during_scheduling_ignored_during_execution()
                .node_selector_terms(),
            [&](core::node_selector_term one, const spot& term) {
              warn_term(one, false, term, out);
            });
  each_item(at.child("preferredDuringSchedulingIgnoredDuringExecution"),
            affinity.preferred_during_scheduling_ignored_during_execution(),
            [&](core::preferred_scheduling_term one, const spot& term) {
              warn_term(one.preference(), true, term.child("preference"), out);
            });
  each_item(here.child("topologySpreadConstraints"),
            spec.topology_spread_constraints(),
            [&](core::topology_spread_constraint one, const spot& item) {
              if (!deprecated_node_label(one.topology_key()).empty())
                out.at(item.child("topologyKey"), label_is(one.topology_key()));
              if (!one.has_label_selector())
                out.at(item.child("labelSelector"), null_selector);
            });
}

void warn_annotations(meta_view metadata, const spot& here, warning_list& out) {
  for (const auto& [key, note] : deprecated_annotations)
    if (metadata.annotations().contains(key))
      out.at(here.key(key), note);
}

/// Items that repeat an earlier one.
void warn_repeats(core::pod_spec spec, const spot& here, warning_list& out) {
  std::set<std::string_view> addresses;
  each_item(here.child("hostAliases"), spec.host_aliases(),
            [&](core::host_alias one, const spot& at) {
              if (!addresses.insert(one.ip()).second)
                out.at(at.child("ip"),
                       "duplicate ip " + meta::quoted(one.ip()));
            });
  std::set<std::string_view> names;
  const auto secrets = here.child("imagePullSecrets");
  each_item(secrets, spec.image_pull_secrets(),
            [&](core::local_object_reference one, const spot& at) {
              if (!names.insert(one.name()).second)
                out.at(at.child("name"),
                       "duplicate name " + meta::quoted(one.name()));
            });
  each_item(secrets, spec.image_pull_secrets(),
            [&](core::local_object_reference one, const spot& at) {
              if (one.name().empty())
                out.at(at.child("name"), "invalid empty name \"\"");
            });
}

/// Octets come whole.
void warn_fractions(const view::map<std::string_view>& amounts,
                    std::string_view name, const spot& here,
                    warning_list& out) {
  const auto amount = meta::quantity::parse(amounts[name]);
  if (amounts.contains(name) && amount && amount->milli_value() % 1000 != 0)
    out.at(here.key(name), "fractional byte value "
                               + meta::quoted(amount->text())
                               + " is invalid, must be an integer");
}

void warn_env(core::container container, const spot& here, warning_list& out) {
  std::set<std::string_view> names;
  each_item(
      here.child("env"), container.env(),
      [&](core::env_var one, const spot& at) {
        if (names.insert(one.name()).second)
          return;
        const auto itself = std::string{"$("}.append(one.name()).append(")");
        if (one.has_value_from() || one.value() == itself
            || one.value().find(itself) == std::string_view::npos)
          out.at(at, "hides previous definition of " + meta::quoted(one.name())
                         + ", which may be dropped when using apply");
      });
}

void warn_profiles(core::container container, meta_view metadata,
                   bool in_template, const spot& annotations,
                   warning_list& out) {
  const auto context = container.security_context();
  const auto given = [&](std::string_view prefix) {
    auto key = std::string{prefix}.append(container.name());
    return metadata.annotations().contains(key) ? key : std::string{};
  };
  const auto seccomp = given(seccomp_prefix);
  if (!context.has_seccomp_profile() && !seccomp.empty())
    out.at(annotations.key(seccomp), use_seccomp_field);
  const auto app_armor = given(app_armor_prefix);
  if (in_template && !context.has_app_armor_profile() && !app_armor.empty())
    out.at(annotations.key(app_armor), "deprecated since v1.30; use the "
                                       "\"appArmorProfile\" field instead");
}

void warn_container(core::container container, const spot& here,
                    warning_list& out) {
  const auto resources = container.resources();
  const auto limits = here.child("resources.limits");
  const auto requests = here.child("resources.requests");
  for (std::string_view name : {"memory", "ephemeral-storage"}) {
    warn_fractions(resources.limits(), name, limits, out);
    warn_fractions(resources.requests(), name, requests, out);
  }
  warn_env(container, here, out);
}

/// PodAffinity and PodAntiAffinity are of one form.
template <class Affinity>
void warn_selectors(Affinity affinity, const spot& here, warning_list& out) {
  each_item(here.child("requiredDuringSchedulingIgnoredDuringExecution"),
            affinity.required_during_scheduling_ignored_during_execution(),
            [&](core::pod_affinity_term one, const spot& at) {
              if (!one.has_label_selector())
                out.at(at.child("labelSelector"), null_selector);
            });
  each_item(here.child("preferredDuringSchedulingIgnoredDuringExecution"),
            affinity.preferred_during_scheduling_ignored_during_execution(),
            [&](core::weighted_pod_affinity_term one, const spot& at) {
              if (!one.pod_affinity_term().has_label_selector())
                out.at(at.child("podAffinityTerm.labelSelector"),
                       null_selector);
            });
}

void warn_addresses(core::pod_spec spec, const spot& here, warning_list& out) {
  each_item(here.child("dnsConfig.nameservers"),
            spec.dns_config().nameservers(),
            [&](std::string_view address, const spot& at) {
              warn_address(address, at, out);
            });
  each_item(here.child("hostAliases"), spec.host_aliases(),
            [&](core::host_alias one, const spot& at) {
              warn_address(one.ip(), at.child("ip"), out);
            });
}

} // namespace

void warn_pod_spec(meta_view metadata, core::pod_spec spec,
                   std::string_view owner, warning_list& out) {
  const auto root = out.root(owner);
  const auto here = root.child("spec");
  const auto annotations = root.child("metadata.annotations");
  warn_node_choice(spec, here, out);
  warn_annotations(metadata, annotations, out);
  warn_volumes(spec, here.child("volumes"), out);
  warn_files(spec, out);
  warn_repeats(spec, here, out);
  for (std::string_view name : {"memory", "ephemeral-storage"})
    warn_fractions(spec.overhead(), name, here.child("overhead"), out);
  if (!spec.security_context().has_seccomp_profile()
      && metadata.annotations().contains(seccomp_pod))
    out.at(annotations.key(seccomp_pod), use_seccomp_field);
  each_container(spec, here, [&](core::container one, const spot& at) {
    warn_profiles(one, metadata, !owner.empty(), annotations, out);
    warn_container(one, at, out);
  });
  warn_ports(spec, here, out);
  if (spec.termination_grace_period_seconds() < 0)
    out.at(here.child("terminationGracePeriodSeconds"),
           "must be >= 0; negative values are invalid and will be treated as "
           "1");
  const auto affinity = here.child("affinity");
  warn_selectors(spec.affinity().pod_affinity(), affinity.child("podAffinity"),
                 out);
  warn_selectors(spec.affinity().pod_anti_affinity(),
                 affinity.child("podAntiAffinity"), out);
  warn_addresses(spec, here, out);
}

} // namespace troupe::codec
