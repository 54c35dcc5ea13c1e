#include "actors/controllers/replicas/status.hpp"

#include "messages/codec/validate/object_ids.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/apps_v1.hpp"
#include "messages/view/selectors.hpp"

#include <algorithm>

namespace troupe::controllers::replicas {

namespace {

namespace ids = schema::ids;
namespace status_id = schema::ids::replica_set_status;
namespace condition_id = schema::ids::replica_set_condition;

constexpr std::string_view replica_failure = "ReplicaFailure";

/// Whether the pod has all labels of the template.
bool is_fully_labeled(const store::version& pod, const keeper& owner) {
  for (const auto& [name, value] : owner.pod_template.metadata().labels())
    if (meta::find_column(pod.columns->labels, name) != value)
      return false;
  return true;
}

void set_count(codec::document& doc, codec::node& status, codec::field_id id,
               std::int64_t count, bool keeps_zero = false) {
  if (count == 0 && !keeps_zero)
    doc.erase(status, id);
  else
    doc.set(status, id, doc.make_integer(count));
}

template <class Test>
std::int64_t count_if(const claim& pods, Test test) {
  return std::ranges::count_if(pods.active, test);
}

void set_counts(codec::document& doc, codec::node& status, const keeper& owner,
                const claim& pods, wall_time now) {
  set_count(doc, status, status_id::replicas,
            static_cast<std::int64_t>(pods.active.size()), true);
  set_count(doc, status, status_id::fully_labeled_replicas,
            count_if(pods, [&](const known_pod& pod) {
              return is_fully_labeled(*pod.version, owner);
            }));
  set_count(
      doc, status, status_id::ready_replicas,
      count_if(pods, [](const known_pod& pod) { return pod.facts->ready; }));
  set_count(doc, status, status_id::available_replicas,
            count_if(pods, [&](const known_pod& pod) {
              return is_available(*pod.facts, owner.min_ready_seconds, now);
            }));
  if (owner.kind->counts_terminating)
    set_count(doc, status, status_id::terminating_replicas, pods.terminating,
              true);
  set_count(doc, status, status_id::observed_generation, owner.generation);
}

void add_failure(codec::document& doc, codec::node& status, const failure& why,
                 wall_time now) {
  auto* made = doc.make_object();
  const auto set = [&](codec::field_id id, std::string_view text) {
    doc.set(*made, id, doc.make_string(text));
  };
  set(condition_id::type, replica_failure);
  set(condition_id::status, "True");
  set(condition_id::last_transition_time, meta::format_time(now));
  set(condition_id::reason, why.reason);
  set(condition_id::message, why.message);
  doc.push_back(doc.list_at(status, status_id::conditions), made);
}

/// A failure that stands is left as it is.
void set_failure(codec::document& doc, codec::node& status,
                 const std::optional<failure>& why, wall_time now) {
  const auto all = codec::items_of(&status, status_id::conditions);
  const auto found = std::ranges::find_if(all, [](const codec::node* one) {
    return codec::text_of(one, condition_id::type) == replica_failure;
  });
  if (why && found == all.end())
    add_failure(doc, status, *why, now);
  if (why || found == all.end())
    return;
  if (all.size() == 1)
    doc.erase(status, status_id::conditions);
  else
    doc.erase_item(doc.list_at(status, status_id::conditions),
                   static_cast<std::size_t>(found - all.begin()));
}

} // namespace

std::optional<control::action> tell_status(const keeper& owner,
                                           const claim& pods,
                                           const std::optional<failure>& why,
                                           wall_time now) {
  auto told = owner.object->clone();
  auto& status = told.object_at(told.root(), ids::replica_set::status);
  set_counts(told, status, owner, pods, now);
  set_failure(told, status, why, now);
  const auto* before = owner.object->root().find(ids::replica_set::status);
  if (before != nullptr && equal(*before, status))
    return std::nullopt;
  auto out = control::update_of(owner.key, std::move(told),
                                "its status says what is there");
  out.subresource = "status";
  return out;
}

} // namespace troupe::controllers::replicas
