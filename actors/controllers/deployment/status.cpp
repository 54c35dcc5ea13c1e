#include "actors/controllers/deployment/status.hpp"

#include "messages/codec/validate/object_ids.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/apps_v1.hpp"

#include <algorithm>

namespace troupe::controllers::deployments {

namespace {

namespace ids = schema::ids;

void set_count(codec::document& doc, codec::node& to, codec::field_id id,
               std::int64_t value) {
  if (value == 0)
    doc.erase(to, id);
  else
    doc.set(to, id, doc.make_integer(value));
}

void set_pointer(codec::document& doc, codec::node& to, codec::field_id id,
                 const std::optional<std::int64_t>& value) {
  if (value)
    doc.set(to, id, doc.make_integer(*value));
  else
    doc.erase(to, id);
}

void set_text(codec::document& doc, codec::node& to, codec::field_id id,
              const std::string& value) {
  if (!value.empty())
    doc.set(to, id, doc.make_string(value));
}

void write_conditions(codec::document& doc, codec::node& to,
                      const std::vector<condition>& conditions) {
  namespace id = ids::deployment_condition;
  auto& list = doc.list_at(to, ids::deployment_status::conditions);
  doc.clear(list);
  for (const auto& each : conditions) {
    auto* made = doc.make_object();
    set_text(doc, *made, id::type, each.type);
    set_text(doc, *made, id::status, each.status);
    set_text(doc, *made, id::reason, each.reason);
    set_text(doc, *made, id::message, each.message);
    set_text(doc, *made, id::last_update_time, each.last_update);
    set_text(doc, *made, id::last_transition_time, each.last_transition);
    doc.push_back(list, made);
  }
  if (list.empty())
    doc.erase(to, ids::deployment_status::conditions);
}

void write_status(codec::document& doc, const status& value) {
  namespace id = ids::deployment_status;
  auto& to = doc.object_at(doc.root(), ids::deployment::status);
  set_count(doc, to, id::observed_generation, value.observed_generation);
  set_count(doc, to, id::replicas, value.replicas);
  set_count(doc, to, id::updated_replicas, value.updated);
  set_count(doc, to, id::ready_replicas, value.ready);
  set_count(doc, to, id::available_replicas, value.available);
  set_count(doc, to, id::unavailable_replicas, value.unavailable);
  set_pointer(doc, to, id::terminating_replicas, value.terminating);
  set_pointer(doc, to, id::collision_count, value.collisions);
  write_conditions(doc, to, value.conditions);
  if (value.revision.empty())
    return;
  auto& metadata = doc.object_at(doc.root(), codec::metadata_id);
  doc.set(doc.map_at(metadata, codec::object_meta::annotations),
          annotation::revision, doc.make_string(value.revision));
}

} // namespace

const condition* status::find(std::string_view type) const {
  const auto at = std::ranges::find(conditions, type, &condition::type);
  return at == conditions.end() ? nullptr : &*at;
}

void status::set(condition value) {
  if (const auto* had = find(value.type); had != nullptr) {
    if (had->status == value.status && had->reason == value.reason)
      return;
    if (had->status == value.status)
      value.last_transition = had->last_transition;
  }
  erase(value.type);
  conditions.push_back(std::move(value));
}

void status::erase(std::string_view type) {
  std::erase_if(conditions, [&](const auto& one) { return one.type == type; });
}

status read_status(const target& wanted) {
  const auto from = wanted.read.status();
  status out;
  out.observed_generation = from.observed_generation();
  out.replicas = from.replicas();
  out.updated = from.updated_replicas();
  out.ready = from.ready_replicas();
  out.available = from.available_replicas();
  out.unavailable = from.unavailable_replicas();
  if (from.has_terminating_replicas())
    out.terminating = from.terminating_replicas();
  if (from.has_collision_count())
    out.collisions = from.collision_count();
  for (auto one : from.conditions())
    out.conditions.push_back(
        {std::string{one.type()}, std::string{one.status()},
         std::string{one.reason()}, std::string{one.message()},
         std::string{one.last_update_time()},
         std::string{one.last_transition_time()}});
  out.revision = wanted.read.metadata().annotations()[annotation::revision];
  return out;
}

std::vector<const replica_set*> replica_sets::all() const {
  std::vector<const replica_set*> out{old.begin(), old.end()};
  if (newest != nullptr)
    out.push_back(newest);
  return out;
}

bool is_complete(const status& value, const target& wanted) {
  return value.updated == wanted.replicas && value.replicas == wanted.replicas
         && value.available == wanted.replicas
         && value.observed_generation >= wanted.generation;
}

std::optional<control::action> change_of(const status& value,
                                         const target& wanted) {
  if (value == read_status(wanted))
    return std::nullopt;
  auto changed = wanted.object->clone();
  write_status(changed, value);
  auto out = control::update_of(wanted.key, std::move(changed),
                                "its status has changed");
  out.subresource = "status";
  return out;
}

} // namespace troupe::controllers::deployments
