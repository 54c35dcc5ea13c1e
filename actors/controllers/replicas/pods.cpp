#include "actors/controllers/replicas/pods.hpp"

#include "messages/codec/validate/object_ids.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "messages/schema/registry.hpp"
#include "runtime/control/object_meta.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace troupe::controllers::replicas {

namespace {

namespace core = view::core_v1;

constexpr std::string_view cost_annotation =
    "controller.kubernetes.io/pod-deletion-cost";

std::optional<wall_time> moment_of(std::string_view text) {
  const auto time = meta::parse_time(text);
  return time ? std::optional{*time} : std::nullopt;
}

/// Upstream takes a number as Go writes it and no other spelling.
std::int64_t cost_of(std::string_view text) {
  std::int32_t out = 0;
  const auto digits = text.starts_with('-') ? text.substr(1) : text;
  const auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), out);
  const bool whole = code == std::errc{} && end == text.data() + text.size();
  const bool padded =
      !text.starts_with('-') && digits.size() > 1 && digits.starts_with('0');
  return whole && !padded ? out : 0;
}

std::int64_t most_restarts(view::list<core::container_status> statuses,
                           const std::set<std::string_view>* names) {
  std::int64_t out = 0;
  for (const auto one : statuses)
    if (names == nullptr || names->contains(one.name()))
      out = std::max(out, one.restart_count());
  return out;
}

std::int64_t sidecar_restarts(core::pod pod) {
  std::set<std::string_view> names;
  for (const auto one : pod.spec().init_containers())
    if (one.restart_policy() == "Always")
      names.insert(one.name());
  return most_restarts(pod.status().init_container_statuses(), &names);
}

std::string_view phase_of(const store::version& pod) {
  return meta::find_column(pod.columns->fields, "status.phase").value_or("");
}

bool has_ended(const store::version& pod) {
  const auto phase = phase_of(pod);
  return phase == "Succeeded" || phase == "Failed";
}

/// Null when the pod cannot be read.
std::shared_ptr<const pod_facts> facts_of(const control::snapshot& view,
                                          const object_key& key,
                                          const store::version& version) {
  using maybe = std::optional<pod_facts>;
  const auto known = view.derive<maybe>(key, version, [&]() -> maybe {
    const auto pod = control::decode_object(key, version);
    return pod ? maybe{read_facts(*pod)} : std::nullopt;
  });
  if (!*known)
    return nullptr;
  return {known, &**known};
}

control::action release(const control::snapshot& view, const keeper& owner,
                        const object_key& key) {
  auto changed = view.get(key)->clone();
  control::erase_owners(changed, {owner.uid});
  return control::update_of(key, std::move(changed),
                            "the selector of " + owner.key
                                + " does not match it any more");
}

/// Rests on the owner not having been deleted meanwhile.
control::action adopt(const control::snapshot& view, const keeper& owner,
                      const object_key& key) {
  auto changed = view.get(key)->clone();
  add_controller(changed, owner);
  auto out = control::update_of(key, std::move(changed),
                                owner.key + " selects it, and nobody has it");
  out.confirm = true;
  return out;
}

/// Calls `f(pod)` for active pods of the namespace that `wanted` takes by their
/// labels and that no controller has.
template <class Wanted, class F>
void each_orphan(const control::snapshot& view, std::string_view ns,
                 Wanted wanted, F f) {
  const auto visit = [&](const object_key& key,
                         const store::version_ptr& version) {
    if (!is_active(*version) || !wanted(*version))
      return true;
    auto facts = facts_of(view, key, *version);
    if (facts != nullptr && !facts->controlled)
      f(known_pod{key, version, std::move(facts)});
    return true;
  };
  view.each(control::make_key("", "pods", ns, ""), visit);
}

} // namespace

pod_facts read_facts(const codec::document& pod) {
  const core::pod read{pod};
  pod_facts out;
  for (const auto& owner : control::owner_references(pod)) {
    if (!owner.controller)
      continue;
    out.controlled = true;
    out.controller_uid = owner.uid;
    break;
  }
  out.created = moment_of(read.metadata().creation_timestamp());
  out.deletion_cost = cost_of(read.metadata().annotations()[cost_annotation]);
  for (const auto condition : read.status().conditions()) {
    if (condition.type() != "Ready" || condition.status() != "True")
      continue;
    out.ready = true;
    out.ready_since = moment_of(condition.last_transition_time());
  }
  out.restarts = most_restarts(read.status().container_statuses(), nullptr);
  out.sidecar_restarts = sidecar_restarts(read);
  return out;
}

std::string_view node_of(const store::version& pod) {
  return meta::find_column(pod.columns->fields, "spec.nodeName").value_or("");
}

bool is_active(const store::version& pod) {
  return !pod.columns->deleting && !has_ended(pod);
}

bool is_terminating(const store::version& pod) {
  return pod.columns->deleting && !has_ended(pod);
}

bool is_available(const pod_facts& pod, std::int64_t min_ready_seconds,
                  wall_time now) {
  if (!pod.ready || min_ready_seconds == 0)
    return pod.ready;
  return pod.ready_since
         && *pod.ready_since + std::chrono::seconds{min_ready_seconds} <= now;
}

std::optional<wall_time> available_at(const pod_facts& pod,
                                      std::int64_t min_ready_seconds,
                                      wall_time now) {
  if (!pod.ready_since || is_available(pod, min_ready_seconds, now))
    return std::nullopt;
  return *pod.ready_since + std::chrono::seconds{min_ready_seconds};
}

claim claim_pods(const control::snapshot& view, const keeper& owner) {
  claim out;
  for (const auto& key : view.owners().dependents(owner.uid)) {
    const auto version = view.find(key);
    const auto parts = control::parse_key(key);
    if (version == nullptr || !parts || parts->plural != "pods")
      continue;
    const bool active = is_active(*version);
    if (!active && !is_terminating(*version))
      continue;
    auto facts = facts_of(view, key, *version);
    if (facts == nullptr || facts->controller_uid != owner.uid)
      continue;
    const bool selected = owner.selector.matches(version->columns->labels);
    if (active && selected)
      out.active.push_back({key, version, std::move(facts)});
    else if (selected)
      ++out.terminating;
    else if (active && !owner.deleting)
      out.actions.push_back(release(view, owner, key));
  }
  const bool settled =
      owner.generation == owner.observed_generation
      && static_cast<std::int64_t>(out.active.size()) >= owner.replicas;
  if (owner.deleting || settled)
    return out;
  const auto wanted = [&](const store::version& pod) {
    return owner.selector.matches(pod.columns->labels);
  };
  each_orphan(view, owner.ns, wanted, [&](known_pod pod) {
    out.actions.push_back(adopt(view, owner, pod.key));
    out.active.push_back(std::move(pod));
  });
  return out;
}

std::vector<control::action> adoptions(const control::snapshot& view,
                                       const keeper_kind& kind,
                                       std::string_view ns) {
  std::vector<keeper> keepers;
  view.each(keepers_of(kind, ns), [&](const object_key& key, const auto&) {
    if (auto found = read_keeper(view, kind, key); found && !found->deleting)
      keepers.push_back(std::move(*found));
    return true;
  });
  const auto keeper_of = [&](const store::version& pod) {
    return std::ranges::find_if(keepers, [&](const keeper& one) {
      return one.selector.matches(pod.columns->labels);
    });
  };
  std::vector<control::action> out;
  if (keepers.empty())
    return out;
  const auto wanted = [&](const store::version& pod) {
    return keeper_of(pod) != keepers.end();
  };
  each_orphan(view, ns, wanted, [&](const known_pod& pod) {
    out.push_back(adopt(view, *keeper_of(*pod.version), pod.key));
  });
  return out;
}

void add_controller(codec::document& object, const keeper& owner) {
  namespace id = schema::ids::owner_reference;
  auto& metadata = object.object_at(object.root(), codec::metadata_id);
  auto* made = object.make_object();
  object.set(*made, id::api_version,
             object.make_string(owner.kind->api_version));
  object.set(*made, id::kind, object.make_string(owner.kind->kind));
  object.set(*made, id::name, object.make_string(owner.name));
  object.set(*made, id::uid, object.make_string(owner.uid));
  object.set(*made, id::controller, object.make_boolean(true));
  object.set(*made, id::block_owner_deletion, object.make_boolean(true));
  object.push_back(
      object.list_at(metadata, codec::object_meta::owner_references), made);
}

} // namespace troupe::controllers::replicas
