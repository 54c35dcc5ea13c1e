#include "actors/controllers/deployment/deployment.hpp"

#include "actors/controllers/deployment/rollout.hpp"
#include "actors/controllers/deployment/template.hpp"
#include "runtime/control/object_meta.hpp"

#include <algorithm>

namespace troupe::controllers::deployments {

namespace {

using control::plan;

/// The work on one Deployment whose sets are claimed.
class worker {
public:
  worker(const control::snapshot& view, const target& wanted,
         std::vector<replica_set> sets)
      : view_(view), wanted_(wanted), all_(std::move(sets)),
        before_(read_status(wanted)) {
    const template_pattern pattern{wanted_.read.spec().template_().raw()};
    for (auto& set : all_) {
      if (sets_.newest == nullptr
          && pattern.matches(set.read.spec().template_().raw()))
        sets_.newest = &set;
      else
        sets_.old.push_back(&set);
    }
  }

  plan work() {
    const auto now = view_.now();
    if (!wanted_.deleting)
      note_pause(before_, wanted_, now);
    if (sets_.newest != nullptr) {
      tell_newest();
      note_newest(before_, wanted_, *sets_.newest, now);
    }
    if (wanted_.deleting)
      return finish();
    if (wanted_.paused || was_scaled(wanted_, sets_)) {
      scale(wanted_, sets_);
      if (wanted_.paused)
        clean_up();
      return finish();
    }
    return wanted_.recreate ? recreate() : roll();
  }

private:
  std::int64_t next_revision() const {
    std::int64_t last = 0;
    for (const auto* set : sets_.old)
      last = std::max(last, set->revision());
    return last + 1;
  }

  void tell_newest() {
    copy_annotations(*sets_.newest, wanted_, next_revision());
    sets_.newest->min_ready_seconds = wanted_.min_ready_seconds;
  }

  plan roll() {
    if (sets_.newest == nullptr)
      return make_newest(false);
    step_rolling(wanted_, sets_);
    return finish_step();
  }

  plan recreate() {
    bool shrunk = false;
    for (auto* set : sets_.old) {
      shrunk = shrunk || set->active();
      if (set->active())
        resize(*set, 0, wanted_);
    }
    if (shrunk || has_old_pods())
      return finish_rollout();
    if (sets_.newest == nullptr)
      return make_newest(true);
    if (sets_.newest->replicas != wanted_.replicas) {
      resize(*sets_.newest, wanted_.replicas, wanted_);
      confirm_ = true;
    }
    return finish_step();
  }

  /// Pods of old sets that have not ended, those being deleted, too.
  bool has_old_pods() const {
    return std::ranges::any_of(sets_.old,
                               [&](const auto* set) {
                                 return set->read.status().replicas() > 0;
                               })
           || has_running_pods();
  }

  bool has_running_pods() const {
    bool found = false;
    view_.each(control::make_key("", "pods", wanted_.ns, ""),
               [&](const object_key&, const store::version_ptr& pod) {
                 found = is_running(*pod->columns) && is_old(*pod->columns);
                 return !found;
               });
    return found;
  }

  static bool is_running(const store::columns& pod) {
    const auto phase = meta::find_column(pod.fields, "status.phase");
    return phase != "Failed" && phase != "Succeeded";
  }

  bool is_old(const store::columns& pod) const {
    return std::ranges::any_of(sets_.old, [&](const auto* set) {
      return std::ranges::binary_search(pod.owner_uids, set->uid);
    });
  }

  /// Nothing can be made in it any more.
  bool is_namespace_ending() const {
    const auto ns =
        view_.find(control::make_key("", "namespaces", {}, wanted_.ns));
    return ns != nullptr && ns->columns->deleting;
  }

  /// `confirm`: it rests on the absence of old pods.
  plan make_newest(bool confirm) {
    if (is_namespace_ending())
      return finish();
    auto made = make_replica_set(wanted_, newest_size(wanted_, sets_.old, 0),
                                 next_revision());
    if (view_.find(made.key) != nullptr)
      return count_collision();
    made.create.confirm = confirm;
    plan out{{std::move(made.create)}};
    for (const auto& refusal : view_.refusals())
      if (refusal.target == made.key)
        note_failure(before_, wanted_,
                     out.actions.front().event->refused->message
                         + refusal.message,
                     view_.now());
    tell(out, before_);
    return out;
  }

  /// The name is taken by a set with another template, or of somebody else.
  plan count_collision() {
    before_.collisions = before_.collisions.value_or(0) + 1;
    plan out;
    tell(out, before_);
    return out;
  }

  void clean_up() { outlived_ = outlived(wanted_, sets_); }

  plan finish_step() {
    if (is_complete(read_status(wanted_), wanted_))
      clean_up();
    return finish_rollout();
  }

  plan finish_rollout() {
    auto now = count_status(wanted_, sets_, before_, view_.now());
    note_progress(now, before_, wanted_, sets_, view_.now());
    auto out = changes();
    tell(out, now);
    out.again_at = late_at(now, wanted_);
    return out;
  }

  plan finish() {
    auto out = changes();
    tell(out, count_status(wanted_, sets_, before_, view_.now()));
    return out;
  }

  plan changes() const {
    plan out;
    for (const auto* set : sets_.all())
      if (auto change = change_of(*set, wanted_)) {
        change->confirm = confirm_;
        out.actions.push_back(std::move(*change));
      }
    for (const auto* set : outlived_)
      out.actions.push_back(
          control::removal_of(set->key, *view_.find(set->key), "Background",
                              "it is older than the revisions that are kept"));
    return out;
  }

  void tell(plan& out, const status& value) const {
    if (auto change = change_of(value, wanted_))
      out.actions.push_back(std::move(*change));
  }

  const control::snapshot& view_;
  const target& wanted_;
  std::vector<replica_set> all_;
  replica_sets sets_;
  status before_; ///< as stored, and with what was noted since
  std::vector<const replica_set*> outlived_;
  bool confirm_ = false;
};

void enqueue_controller(const object_key& key, const store::version& version,
                        const std::function<void(const object_key&)>& enqueue) {
  const auto object = control::decode_object(key, version);
  const auto parts = control::parse_key(key);
  if (!object || !parts)
    return;
  const auto controller = control::controller_of(*object);
  if (!controller)
    enqueue(deployments_of(parts->ns));
  else if (controller->kind == "Deployment")
    enqueue(
        control::make_key("apps", "deployments", parts->ns, controller->name));
}

} // namespace

object_key deployments_of(std::string_view ns) {
  return control::make_key("apps", "deployments", ns, "");
}

plan reconcile(const control::snapshot& view, const object_key& key) {
  if (!control::parse_key(key)) {
    const auto of = deployments_of("");
    const auto ns = std::string_view{key}.substr(of.size());
    return {adopt_orphans(view, ns.substr(0, ns.find('/')))};
  }
  const auto wanted = read_target(view, key);
  if (!wanted)
    return {};
  auto claimed = claim_replica_sets(view, *wanted);
  if (!claimed.actions.empty())
    return {std::move(claimed.actions)};
  return worker{view, *wanted, std::move(claimed.sets)}.work();
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  const auto* resource = control::resource_of(change.key);
  if (resource == nullptr)
    return;
  if (resource->kind.kind == "Deployment")
    return enqueue(change.key);
  if (change.before != nullptr && !change.before->tombstone())
    enqueue_controller(change.key, *change.before, enqueue);
  if (change.now != nullptr)
    enqueue_controller(change.key, *change.now, enqueue);
}

} // namespace troupe::controllers::deployments
