#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/texts.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

constexpr std::int64_t weight_max = 100;

void check_weight(std::int64_t weight, const spot& here) {
  if (weight <= 0 || weight > weight_max)
    here.invalid(weight, "must be in the range 1-100");
}

/// `strict` judges the values as those of labels, too.
void check_expression(core::node_selector_requirement wanted, bool strict,
                      const spot& here) {
  const auto op = wanted.operator_();
  const auto values = here.child("values");
  if (op == "In" || op == "NotIn") {
    if (wanted.values().empty())
      values.required("must be specified when `operator` is 'In' or 'NotIn'");
  } else if (op == "Exists" || op == "DoesNotExist") {
    if (!wanted.values().empty())
      values.forbidden("may not be specified when `operator` is 'Exists' or "
                       "'DoesNotExist'");
  } else if (op == "Gt" || op == "Lt") {
    if (wanted.values().size() != 1)
      values.required("must be specified single value when `operator` is 'Lt' "
                      "or 'Gt'");
  } else {
    here.child("operator").invalid(op, "not a valid selector operator");
  }
  here.child("key").complain(wanted.key(),
                             meta::check_qualified_name(wanted.key()));
  if (strict)
    each_item(values, wanted.values(), [](auto value, const spot& at) {
      at.complain(value, meta::check_label_value(value));
    });
}

void check_field(core::node_selector_requirement wanted, const spot& here) {
  const auto op = wanted.operator_();
  const auto values = here.child("values");
  if (op != "In" && op != "NotIn")
    here.child("operator").invalid(op, "not a valid selector operator");
  else if (wanted.values().size() != 1)
    values.required("must be only one value when `operator` is 'In' or 'NotIn' "
                    "for node field selector");
  if (wanted.key() != "metadata.name")
    return here.child("key").invalid(wanted.key(),
                                     "not a valid field selector key");
  each_item(values, wanted.values(), [](auto value, const spot& at) {
    at.complain(value, meta::check_dns1123_subdomain(value));
  });
}

void check_node_term(core::node_selector_term term, bool strict,
                     const spot& here) {
  each_item(here.child("matchExpressions"), term.match_expressions(),
            [&](core::node_selector_requirement one, const spot& at) {
              check_expression(one, strict, at);
            });
  each_item(here.child("matchFields"), term.match_fields(), check_field);
}

void check_node_affinity(core::node_affinity affinity, const spot& here) {
  if (affinity.has_required_during_scheduling_ignored_during_execution()) {
    const auto required =
        here.child("requiredDuringSchedulingIgnoredDuringExecution");
    const auto terms = required.child("nodeSelectorTerms");
    const auto wanted =
        affinity.required_during_scheduling_ignored_during_execution()
            .node_selector_terms();
    if (wanted.empty())
      terms.required("must have at least one node selector term");
    each_item(terms, wanted, [](core::node_selector_term one, const spot& at) {
      check_node_term(one, true, at);
    });
  }
  each_item(here.child("preferredDuringSchedulingIgnoredDuringExecution"),
            affinity.preferred_during_scheduling_ignored_during_execution(),
            [](core::preferred_scheduling_term one, const spot& at) {
              check_weight(one.weight(), at.child("weight"));
              check_node_term(one.preference(), false, at.child("preference"));
            });
}

void check_topology_key(std::string_view key, const spot& here) {
  if (key.empty())
    here.required("can not be empty");
  here.complain(key, meta::check_qualified_name(key));
}

void check_label_keys(view::list<std::string_view> keys, bool selects,
                      const spot& here) {
  if (keys.empty())
    return;
  if (!selects)
    return here.forbidden("must not be specified when labelSelector is not "
                          "set");
  each_item(here, keys, [](auto key, const spot& at) {
    at.complain(key, meta::check_qualified_name(key));
  });
}

/// Keys that are merged into the selector, which must not name them already.
/// Upstream blames the item itself.
void check_selected_twice(view::list<std::string_view> keys,
                          view::meta_v1::label_selector selector,
                          const spot& here) {
  std::set<std::string_view> selected;
  for (auto [key, value] : selector.match_labels())
    selected.insert(key);
  for (auto wanted : selector.match_expressions()) {
    const bool twice = !selected.insert(wanted.key()).second;
    for (std::size_t i = keys.size(); twice && i-- > 0;)
      if (keys[i] == wanted.key()) {
        here.at(i).invalid(wanted.key(), "exists in both matchLabelKeys and "
                                         "labelSelector");
        break;
      }
  }
}

void check_pod_term(core::pod_affinity_term term, const spot& here) {
  check_label_selector(term.label_selector(), here.child("labelSelector"));
  check_label_selector(term.namespace_selector(),
                       here.child("namespaceSelector"));
  for (auto name : term.namespaces())
    here.child("namespace").complain(name, meta::check_dns1123_label(name));
  check_label_keys(term.match_label_keys(), term.has_label_selector(),
                   here.child("matchLabelKeys"));
  check_label_keys(term.mismatch_label_keys(), term.has_label_selector(),
                   here.child("mismatchLabelKeys"));
  check_selected_twice(term.match_label_keys(), term.label_selector(), here);
  each_item(here.child("matchLabelKeys"), term.match_label_keys(),
            [&](auto key, const spot& at) {
              for (auto other : term.mismatch_label_keys())
                if (other == key)
                  at.invalid(key, "exists in both matchLabelKeys and "
                                  "mismatchLabelKeys");
            });
  check_topology_key(term.topology_key(), here.child("topologyKey"));
}

/// PodAffinity and PodAntiAffinity are of one form.
template <class Affinity>
void check_pod_affinity(Affinity affinity, const spot& here) {
  each_item(here.child("requiredDuringSchedulingIgnoredDuringExecution"),
            affinity.required_during_scheduling_ignored_during_execution(),
            check_pod_term);
  each_item(here.child("preferredDuringSchedulingIgnoredDuringExecution"),
            affinity.preferred_during_scheduling_ignored_during_execution(),
            [](core::weighted_pod_affinity_term one, const spot& at) {
              check_weight(one.weight(), at.child("weight"));
              check_pod_term(one.pod_affinity_term(),
                             at.child("podAffinityTerm"));
            });
}

std::string joined(const meta::complaints& complaints) {
  std::string out;
  for (const auto& each : complaints)
    out += (out.empty() ? "" : ";") + each;
  return out;
}

void check_operator(core::toleration toleration, const spot& here) {
  const auto op = toleration.operator_();
  const auto value = toleration.value();
  if (op.empty() || op == "Equal") {
    if (const auto wrong = meta::check_label_value(value); !wrong.empty())
      here.invalid(value, joined(wrong));
  } else if (op == "Exists") {
    if (!value.empty())
      here.invalid(value, "value must be empty when `operator` is 'Exists'");
  } else {
    here.not_supported(op, {"Equal", "Exists"});
  }
}

void check_toleration(core::toleration toleration, const spot& here) {
  const auto op = here.child("operator");
  if (!toleration.key().empty())
    here.child("key").complain(toleration.key(),
                               meta::check_qualified_name(toleration.key()));
  else if (toleration.operator_() != "Exists")
    op.invalid(toleration.operator_(),
               "operator must be Exists when `key` is empty, which means "
               "\"match all values and all keys\"");
  const auto effect = here.child("effect");
  if (toleration.has_toleration_seconds() && toleration.effect() != "NoExecute")
    effect.invalid(toleration.effect(), "effect must be 'NoExecute' when "
                                        "`tolerationSeconds` is set");
  check_operator(toleration, op);
  if (!toleration.effect().empty())
    effect.one_of(toleration.effect(),
                  {"NoSchedule", "PreferNoSchedule", "NoExecute"});
}

std::string kind_of(core::topology_spread_constraint constraint) {
  std::string out{"{"};
  out.append(constraint.topology_key()).append(", ");
  return out.append(constraint.when_unsatisfiable()).append("}");
}

/// `later` holds the kinds of the constraints that follow.
void check_constraint(core::topology_spread_constraint constraint,
                      const std::set<std::string>& later, const spot& here) {
  if (constraint.max_skew() <= 0)
    here.child("maxSkew").invalid(constraint.max_skew(),
                                  "must be greater than zero");
  if (constraint.topology_key().empty())
    here.child("topologyKey").required("can not be empty");
  const auto action = constraint.when_unsatisfiable();
  here.child("whenUnsatisfiable")
      .one_of(action, {"DoNotSchedule", "ScheduleAnyway"});
  if (later.contains(kind_of(constraint)))
    here.child("{topologyKey, whenUnsatisfiable}")
        .duplicate(kind_of(constraint));
  if (constraint.has_min_domains()) {
    const auto domains = here.child("minDomains");
    if (constraint.min_domains() <= 0)
      domains.invalid(constraint.min_domains(), "must be greater than zero");
    if (action != "DoNotSchedule")
      domains.invalid(constraint.min_domains(),
                      "can only use minDomains if "
                      "whenUnsatisfiable=DoNotSchedule, not "
                          + std::string{action});
  }
  if (constraint.has_node_affinity_policy())
    here.child("nodeAffinityPolicy")
        .one_of(constraint.node_affinity_policy(), {"Honor", "Ignore"});
  if (constraint.has_node_taints_policy())
    here.child("nodeTaintsPolicy")
        .one_of(constraint.node_taints_policy(), {"Honor", "Ignore"});
  check_label_keys(constraint.match_label_keys(),
                   constraint.has_label_selector(),
                   here.child("matchLabelKeys"));
  check_selected_twice(constraint.match_label_keys(),
                       constraint.label_selector(), here);
  check_label_selector(constraint.label_selector(),
                       here.child("labelSelector"));
}

} // namespace

void check_affinity(core::affinity affinity, const spot& here) {
  check_node_affinity(affinity.node_affinity(), here.child("nodeAffinity"));
  check_pod_affinity(affinity.pod_affinity(), here.child("podAffinity"));
  check_pod_affinity(affinity.pod_anti_affinity(),
                     here.child("podAntiAffinity"));
}

void check_tolerations(view::list<core::toleration> tolerations,
                       const spot& here) {
  each_item(here, tolerations, check_toleration);
}

void check_spread(view::list<core::topology_spread_constraint> constraints,
                  const spot& here) {
  std::size_t index = 0;
  each_item(here, constraints,
            [&](core::topology_spread_constraint one, const spot& at) {
              std::set<std::string> later;
              for (auto i = ++index; i < constraints.size(); ++i)
                later.insert(kind_of(constraints[i]));
              check_constraint(one, later, at);
            });
}

} // namespace troupe::codec
