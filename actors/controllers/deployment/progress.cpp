#include "actors/controllers/deployment/status.hpp"
#include "messages/meta/time.hpp"

#include <algorithm>

/// The conditions of a Deployment. Types, reasons and messages are upstream's.
namespace troupe::controllers::deployments {

namespace {

constexpr std::string_view progressing = "Progressing";
constexpr std::string_view available = "NewReplicaSetAvailable";
constexpr std::string_view late = "ProgressDeadlineExceeded";
constexpr std::string_view paused = "DeploymentPaused";
constexpr std::string_view failure = "ReplicaFailure";

condition make(std::string_view type, std::string_view state,
               std::string_view reason, std::string message, wall_time now) {
  const auto at = meta::format_time(now);
  return {std::string{type},
          std::string{state},
          std::string{reason},
          std::move(message),
          at,
          at};
}

std::string reason_of(const condition* value) {
  return value == nullptr ? std::string{} : value->reason;
}

/// "ReplicaSet \"web-5d4f\" is progressing."
std::string about(const target& wanted, const replica_set* newest,
                  std::string_view what) {
  std::string out = newest != nullptr ? "ReplicaSet \"" + newest->name
                                      : "Deployment \"" + wanted.name;
  return out.append("\" ").append(what).append(".");
}

bool has_moved(const status& before, const status& now) {
  return now.updated > before.updated
         || now.replicas - now.updated < before.replicas - before.updated
         || now.ready > before.ready || now.available > before.available;
}

std::optional<wall_time> deadline_of(const status& value,
                                     const target& wanted) {
  const auto* stands = value.find(progressing);
  if (stands == nullptr || !wanted.deadline_seconds)
    return std::nullopt;
  const auto since = meta::parse_time(stands->last_update);
  if (!since)
    return std::nullopt;
  return *since + std::chrono::seconds{*wanted.deadline_seconds};
}

/// Once late it stays late until it moves; what was complete is not late.
bool is_late(const status& value, const target& wanted, wall_time now) {
  const auto reason = reason_of(value.find(progressing));
  if (reason == available || reason == late)
    return reason == late;
  const auto deadline = deadline_of(value, wanted);
  return deadline && *deadline < now;
}

void judge(status& value, const status& before, const target& wanted,
           const replica_set* newest, wall_time now) {
  const auto* stood = before.find(progressing);
  if (is_complete(value, wanted)) {
    value.set(make(progressing, "True", available,
                   about(wanted, newest, "has successfully progressed"), now));
  } else if (has_moved(before, value)) {
    auto moved = make(progressing, "True", "ReplicaSetUpdated",
                      about(wanted, newest, "is progressing"), now);
    if (stood != nullptr && stood->status == "True")
      moved.last_transition = stood->last_transition;
    value.erase(progressing); // though it says the same: the time is news
    value.set(std::move(moved));
  } else if (is_late(value, wanted, now)) {
    value.set(make(progressing, "False", late,
                   about(wanted, newest, "has timed out progressing"), now));
  }
}

/// Whether the newest set was made since the Deployment was last looked at. It
/// has had one revision, of which the Deployment has not heard; or the rollout
/// was complete before it was there, because one like it was deleted.
bool was_made(const status& value, const target& wanted,
              const replica_set& newest) {
  const auto known = newest.read.metadata().annotations();
  if (!known.contains(annotation::revision)
      || newest.annotations.contains(annotation::revision_history))
    return false;
  const auto* stands = value.find(progressing);
  if (reason_of(stands) != available)
    return known[annotation::revision] != value.revision;
  return (known[annotation::revision] != value.revision
          && !value.revision.empty())
         || (newest.created > stands->last_update
             && newest.read.status().replicas() < wanted.replicas);
}

/// Why pods of the set cannot be made.
std::optional<condition> failure_of(const replica_set& set) {
  for (auto one : set.read.status().conditions())
    if (one.type() == failure)
      return condition{std::string{one.type()},
                       std::string{one.status()},
                       std::string{one.reason()},
                       std::string{one.message()},
                       std::string{one.last_transition_time()},
                       std::string{one.last_transition_time()}};
  return std::nullopt;
}

void note_failures(status& value, const replica_sets& sets) {
  std::optional<condition> found;
  if (sets.newest != nullptr)
    found = failure_of(*sets.newest);
  for (const auto* set : sets.all())
    if (!found)
      found = failure_of(*set);
  if (found)
    value.set(std::move(*found));
  else
    value.erase(failure);
}

/// How many pods are ending; none while a set does not say.
std::optional<std::int64_t>
count_terminating(const std::vector<const replica_set*>& sets) {
  std::int64_t out = 0;
  for (const auto* set : sets) {
    if (!set->read.status().has_terminating_replicas())
      return std::nullopt;
    out += set->read.status().terminating_replicas();
  }
  return out;
}

} // namespace

status count_status(const target& wanted, const replica_sets& sets,
                    const status& before, wall_time now) {
  auto out = before;
  const auto all = sets.all();
  const auto sum = [&](auto count) {
    std::int64_t total = 0;
    for (const auto* set : all)
      total += count(*set);
    return total;
  };
  out.observed_generation = wanted.generation;
  out.replicas =
      sum([](const auto& set) { return set.read.status().replicas(); });
  out.updated =
      sets.newest == nullptr ? 0 : sets.newest->read.status().replicas();
  out.ready =
      sum([](const auto& set) { return set.read.status().ready_replicas(); });
  out.available = sum([](const auto& set) { return set.available(); });
  const auto wished =
      sum([](const auto& set) { return set.stored_replicas(); });
  out.unavailable = std::max(wished - out.available, std::int64_t{0});
  out.terminating = count_terminating(all);
  if (out.available >= wanted.replicas - wanted.unavailable_max)
    out.set(make("Available", "True", "MinimumReplicasAvailable",
                 "Deployment has minimum availability.", now));
  else
    out.set(make("Available", "False", "MinimumReplicasUnavailable",
                 "Deployment does not have minimum availability.", now));
  return out;
}

void note_pause(status& value, const target& wanted, wall_time now) {
  const auto reason = reason_of(value.find(progressing));
  if (!wanted.deadline_seconds || reason == late)
    return;
  if (wanted.paused && reason != paused)
    value.set(
        make(progressing, "Unknown", paused, "Deployment is paused", now));
  else if (!wanted.paused && reason == paused)
    value.set(make(progressing, "Unknown", "DeploymentResumed",
                   "Deployment is resumed", now));
}

void note_newest(status& value, const target& wanted, const replica_set& newest,
                 wall_time now) {
  const bool made = was_made(value, wanted, newest);
  value.revision = newest.annotations.find(annotation::revision)->second;
  if (!wanted.deadline_seconds)
    return;
  if (made)
    value.set(make(progressing, "True", "NewReplicaSetCreated",
                   "Created new replica set \"" + newest.name + "\"", now));
  else if (value.find(progressing) == nullptr)
    value.set(make(progressing, "True", "FoundNewReplicaSet",
                   "Found new replica set \"" + newest.name + "\"", now));
}

void note_failure(status& value, const target& wanted,
                  const std::string& message, wall_time now) {
  if (wanted.deadline_seconds)
    value.set(
        make(progressing, "False", "ReplicaSetCreateError", message, now));
}

void note_progress(status& value, const status& before, const target& wanted,
                   const replica_sets& sets, wall_time now) {
  if (!wanted.deadline_seconds)
    value.erase(progressing);
  const bool done = value.replicas == value.updated
                    && reason_of(before.find(progressing)) == available;
  if (wanted.deadline_seconds && !done)
    judge(value, before, wanted, sets.newest, now);
  note_failures(value, sets);
}

std::optional<wall_time> late_at(const status& value, const target& wanted) {
  const auto reason = reason_of(value.find(progressing));
  if (is_complete(value, wanted) || reason == late || reason == available)
    return std::nullopt;
  const auto deadline = deadline_of(value, wanted);
  // Times are whole seconds: a second later it surely has passed.
  return deadline ? std::optional{*deadline + std::chrono::seconds{1}}
                  : std::nullopt;
}

} // namespace troupe::controllers::deployments
