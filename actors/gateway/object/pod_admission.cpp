#include "actors/gateway/object/pod_admission.hpp"

#include "actors/gateway/object/metadata.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/view/core_v1.hpp"

#include <algorithm>

namespace troupe::gateway {

using codec::document;

namespace {

namespace ids = schema::ids;
namespace id = ids::pod_spec;

/// A taint of nodes that do not answer, and how long pods bear it.
struct transient_taint {
  std::string_view key;
  std::int64_t pod_settings::*seconds;
};

constexpr transient_taint transient_taints[] = {
    {"node.kubernetes.io/not-ready", &pod_settings::not_ready_toleration},
    {"node.kubernetes.io/unreachable", &pod_settings::unreachable_toleration},
};

struct priority_class {
  std::string_view name;
  std::int64_t value;
};

/// Classes that are always there; the first is that of pods that name none.
constexpr priority_class classes[] = {
    {"", 0},
    {"system-cluster-critical", 2'000'000'000},
    {"system-node-critical", 2'000'001'000},
};

bool tolerates(view::core_v1::pod_spec spec, std::string_view taint) {
  for (auto one : spec.tolerations())
    if ((one.key() == taint || one.key().empty())
        && (one.effect() == "NoExecute" || one.effect().empty()))
      return true;
  return false;
}

void add_toleration(document& doc, codec::node& spec, std::string_view taint,
                    std::int64_t seconds) {
  namespace own = ids::toleration;
  auto* added = doc.make_object();
  doc.set(*added, own::key, doc.make_string(taint));
  doc.set(*added, own::operator_, doc.make_string("Exists"));
  doc.set(*added, own::effect, doc.make_string("NoExecute"));
  doc.set(*added, own::toleration_seconds, doc.make_integer(seconds));
  doc.push_back(doc.list_at(spec, id::tolerations), added);
}

void add_tolerations(document& doc, codec::node& spec,
                     const pod_settings& settings) {
  const view::core_v1::pod_spec before{&spec};
  bool missing[std::size(transient_taints)];
  for (std::size_t i = 0; i < std::size(missing); ++i)
    missing[i] = !tolerates(before, transient_taints[i].key);
  for (std::size_t i = 0; i < std::size(missing); ++i)
    if (missing[i])
      add_toleration(doc, spec, transient_taints[i].key,
                     settings.*transient_taints[i].seconds);
}

/// An update that says nothing keeps what was settled.
void keep_priority(document& doc, codec::node& spec, const document& old) {
  for (auto field : {id::priority, id::preemption_policy}) {
    const auto* before = codec::find(old.root(), {ids::pod::spec, field});
    if (before != nullptr && spec.find(field) == nullptr)
      doc.set(spec, field, doc.clone(*before));
  }
}

std::optional<api::status> settle_priority(const object_call& call,
                                           document& doc, codec::node& spec) {
  const view::core_v1::pod_spec given{&spec};
  const std::string name{given.priority_class_name()};
  const auto found =
      std::ranges::find(classes, std::string_view{name}, &priority_class::name);
  if (found == std::end(classes))
    return api::forbidden(call.group_resource(), name_of(doc),
                          "no PriorityClass with name " + name + " was found");
  if (given.has_priority() && given.priority() != found->value)
    return api::forbidden(
        call.group_resource(), name_of(doc),
        "the integer value of priority (" + std::to_string(given.priority())
            + ") must not be provided in pod spec; priority admission "
              "controller computed "
            + std::to_string(found->value)
            + " from the given PriorityClass name");
  doc.set(spec, id::priority, doc.make_integer(found->value));
  if (!given.has_preemption_policy())
    doc.set(spec, id::preemption_policy,
            doc.make_string("PreemptLowerPriority"));
  return std::nullopt;
}

} // namespace

std::optional<api::status> admit_pod(const object_call& call, document& object,
                                     const document* old) {
  const auto& kind = call.resource->kind;
  if (!kind.group.empty() || kind.kind != "Pod" || !call.subresource.empty())
    return std::nullopt;
  auto& spec = object.object_at(object.root(), ids::pod::spec);
  add_tolerations(object, spec, call.pods);
  if (old == nullptr)
    return settle_priority(call, object, spec);
  keep_priority(object, spec, *old);
  return std::nullopt;
}

} // namespace troupe::gateway
