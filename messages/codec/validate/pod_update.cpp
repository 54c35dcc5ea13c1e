#include "messages/codec/json.hpp"
#include "messages/codec/validate/internal_json.hpp"
#include "messages/codec/validate/members.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/texts.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/registry.hpp"

#include <limits>

namespace troupe::codec {

namespace {

namespace ids = schema::ids;
namespace id = ids::pod_spec;

constexpr std::int64_t deadline_max = std::numeric_limits<std::int32_t>::max();

constexpr std::string_view what_may_change =
    "pod updates may not change fields other than "
    "`spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
    "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to "
    "be set to 1 if it was previously negative)";

/// False when the lists cannot be compared further.
bool check_images(view::list<core::container> next,
                  view::list<core::container> old, const spot& here) {
  if (next.size() == old.size())
    return true;
  here.forbidden("pod updates may not add or remove containers");
  return false;
}

/// False when the deadline is so wrong that upstream stops there.
bool check_deadline(core::pod_spec next, core::pod_spec old, const spot& here) {
  const auto seconds = next.active_deadline_seconds();
  if (!next.has_active_deadline_seconds()) {
    if (old.has_active_deadline_seconds())
      here.invalid_json("null", "must not update from a positive integer to "
                                "nil value");
    return true;
  }
  if (seconds < 0 || seconds > deadline_max) {
    here.between(seconds, 0, deadline_max);
    return false;
  }
  if (!old.has_active_deadline_seconds()
      || old.active_deadline_seconds() >= seconds)
    return true;
  here.invalid(seconds, "must be less than or equal to previous value");
  return false;
}

bool same_but_seconds(core::toleration a, core::toleration b) {
  return a.key() == b.key() && a.operator_() == b.operator_()
         && a.value() == b.value() && a.effect() == b.effect();
}

void check_added_tolerations(core::pod_spec next, core::pod_spec old,
                             const spot& here) {
  for (auto before : old.tolerations()) {
    bool kept = false;
    for (auto now : next.tolerations())
      kept |= same_but_seconds(before, now);
    if (!kept)
      return here.forbidden("existing toleration can not be modified except "
                            "its tolerationSeconds");
  }
}

void check_removed_gates(core::pod_spec next, core::pod_spec old,
                         const spot& here) {
  each_item(here, next.scheduling_gates(),
            [&](core::pod_scheduling_gate gate, const spot& at) {
              for (auto before : old.scheduling_gates())
                if (before.name() == gate.name())
                  return;
              at.child("name").forbidden(
                  "only deletion is allowed, but found new scheduling gate '"
                  + std::string{gate.name()} + "'");
            });
}

void keep_images(document& next, node& spec, const node& old, field_id list) {
  const auto before = items_of(&old, list);
  const auto now = items_of(&spec, list);
  for (std::size_t i = 0; i < now.size() && i < before.size(); ++i)
    copy_member(next, *now[i], before[i], ids::container::image);
}

/// An affinity that holds nothing else is as good as none.
void keep_node_affinity(document& next, node& spec, const node& old) {
  const node* before = old.find(id::affinity);
  const node* now = spec.find(id::affinity);
  if (before == nullptr && now == nullptr)
    return;
  auto& affinity = next.object_at(spec, id::affinity);
  copy_member(next, affinity, before, ids::affinity::node_affinity);
  if (before == nullptr && affinity.empty())
    next.erase(spec, id::affinity);
}

/// The new spec with everything that may change as it was.
document without_changes(const node& next_spec, const node& old_spec,
                         const schema::type_desc* type) {
  document out{type};
  out.root(*out.clone(next_spec));
  auto& spec = out.root();
  for (auto list : {id::containers, id::init_containers})
    keep_images(out, spec, old_spec, list);
  for (auto field :
       {id::active_deadline_seconds, id::tolerations, id::scheduling_gates})
    copy_member(out, spec, &old_spec, field);
  const core::pod_spec old{&old_spec};
  const core::pod_spec now{&spec};
  if (old.termination_grace_period_seconds() < 0
      && now.termination_grace_period_seconds() == 1)
    copy_member(out, spec, &old_spec, id::termination_grace_period_seconds);
  // A gated pod's place may still be narrowed.
  if (!old.scheduling_gates().empty()) {
    copy_member(out, spec, &old_spec, id::node_selector);
    keep_node_affinity(out, spec, old_spec);
  }
  return out;
}

void check_gated_selector(core::pod_spec next, core::pod_spec old,
                          const spot& here) {
  if (old.scheduling_gates().empty())
    return;
  for (auto [key, value] : old.node_selector())
    if (!next.node_selector().contains(key)
        || next.node_selector()[key] != value)
      return here.invalid_json(
          next.has_node_selector()
              ? encode_json(*next.raw()->find(id::node_selector), nullptr)
              : "null",
          "only additions to spec.nodeSelector are allowed (no mutations or "
          "deletions)");
}

using requirements = view::list<core::node_selector_requirement>;

/// Whether the list begins as it was.
bool only_grows(requirements next, requirements old) {
  if (next.size() < old.size())
    return false;
  for (std::size_t i = 0; i < old.size(); ++i)
    if (!equal(*next[i].raw(), *old[i].raw()))
      return false;
  return true;
}

bool only_narrows(core::node_selector_term next, core::node_selector_term old) {
  if (old.match_expressions().empty() && old.match_fields().empty())
    return next.match_expressions().empty() && next.match_fields().empty();
  return only_grows(next.match_expressions(), old.match_expressions())
         && only_grows(next.match_fields(), old.match_fields());
}

core::node_selector required_nodes(core::pod_spec spec) {
  return spec.affinity()
      .node_affinity()
      .required_during_scheduling_ignored_during_execution();
}

/// The nodes a gated pod may be placed on can only become fewer.
void check_gated_affinity(core::pod_spec next, core::pod_spec old,
                          const spot& here) {
  const auto before = required_nodes(old).node_selector_terms();
  const auto now = required_nodes(next).node_selector_terms();
  const auto& type = *schema::find_type("io.k8s.api.core.v1.NodeSelectorTerm");
  if (old.scheduling_gates().empty() || before.empty())
    return;
  const auto terms =
      here.child("nodeAffinity."
                 "requiredDuringSchedulingIgnoredDuringExecution."
                 "nodeSelectorTerms");
  if (now.size() != before.size())
    return terms.invalid_json(
        now.empty()
            ? "null"
            : internal_json_list(required_nodes(next).raw()->find(
                                     ids::node_selector::node_selector_terms),
                                 &type),
        "no additions/deletions to non-empty NodeSelectorTerms list are "
        "allowed");
  each_item(terms, now, [&](core::node_selector_term term, const spot& at) {
    for (std::size_t i = 0; i < now.size(); ++i)
      if (now[i].raw() == term.raw() && !only_narrows(term, before[i]))
        at.invalid_json(internal_json(*term.raw(), type),
                        "only additions are allowed (no mutations or "
                        "deletions)");
  });
}

void check_rest(const document& next, const document& old, const spot& here) {
  const node* now = next.root().find(ids::pod::spec);
  const node* before = old.root().find(ids::pod::spec);
  if (now == nullptr || before == nullptr)
    return;
  const auto& type = *next.type()->find("spec")->object;
  const auto rest = without_changes(*now, *before, &type);
  if (!equal(rest.root(), *before))
    here.forbidden(std::string{what_may_change} + "\n"
                   + internal_diff(*before, rest.root(), type));
}

} // namespace

void check_pod_update(const document& next, const document& old,
                      meta::field_errors& errors) {
  const auto now = core::pod{next}.spec();
  const auto before = core::pod{old}.spec();
  const spot here{"spec", errors};
  check_pod_spec(now, core::pod{next}.metadata(), here);
  check_annotation_update(core::pod{next}, core::pod{old}, errors);
  if (!check_images(now.containers(), before.containers(),
                    here.child("containers"))
      || !check_images(now.init_containers(), before.init_containers(),
                       here.child("initContainers"))
      || !check_deadline(now, before, here.child("activeDeadlineSeconds")))
    return;
  check_added_tolerations(now, before, here.child("tolerations"));
  check_removed_gates(now, before, here.child("schedulingGates"));
  check_gated_selector(now, before, here.child("nodeSelector"));
  check_gated_affinity(now, before, here.child("affinity"));
  check_rest(next, old, here);
}

void check_ephemeral_update(const document& next, const document& old,
                            meta::field_errors& errors) {
  const core::pod now{next};
  const core::pod before{old};
  if (before.metadata().annotations().contains(mirror_annotation)) {
    errors.clear();
    return spot{"[]", errors}.forbidden(
        "static pods do not support ephemeral containers");
  }
  const spot here{"spec", errors};
  check_pod_spec(now.spec(), now.metadata(), here);
  check_annotation_update(now, before, errors);
  const auto list = here.child("ephemeralContainers");
  const auto& type =
      *schema::find_type("io.k8s.api.core.v1.EphemeralContainer");
  for (auto one : before.spec().ephemeral_containers()) {
    const node* kept = nullptr;
    for (auto other : now.spec().ephemeral_containers())
      if (other.name() == one.name())
        kept = other.raw();
    const auto name = meta::quoted(one.name());
    if (kept == nullptr)
      list.forbidden("existing ephemeral containers " + name
                     + " may not be removed\n");
    else if (!equal(*kept, *one.raw()))
      list.forbidden("existing ephemeral containers " + name
                     + " may not be changed\n"
                     + internal_diff(*one.raw(), *kept, type));
  }
}

} // namespace troupe::codec
