#pragma once

#include "actors/controllers/deployment/replica_set.hpp"

#include <string>
#include <vector>

namespace troupe::controllers::deployments {

/// apps/v1 DeploymentCondition.
struct condition {
  std::string type;
  std::string status;
  std::string reason;
  std::string message;
  std::string last_update;     ///< RFC 3339
  std::string last_transition; ///< RFC 3339

  friend bool operator==(const condition&, const condition&) = default;
};

/// The status of a Deployment, and the annotation that says its revision.
struct status {
  std::int64_t observed_generation = 0;
  std::int64_t replicas = 0;
  std::int64_t updated = 0;
  std::int64_t ready = 0;
  std::int64_t available = 0;
  std::int64_t unavailable = 0;
  std::optional<std::int64_t> terminating;
  std::optional<std::int64_t> collisions;
  std::vector<condition> conditions;
  std::string revision;

  friend bool operator==(const status&, const status&) = default;

  const condition* find(std::string_view type) const;

  /// Stands unless a condition of its type says the same, whatever the
  /// message. The time of transition stays while the status does.
  void set(condition value);

  void erase(std::string_view type);
};

status read_status(const target& wanted);

/// All sets of a Deployment; `newest` has its template, and may be null.
struct replica_sets {
  std::vector<replica_set*> old;
  replica_set* newest = nullptr;

  std::vector<const replica_set*> all() const;
};

/// What the sets, as stored, add up to, with the conditions of `before` and
/// Available beside them.
status count_status(const target& wanted, const replica_sets& sets,
                    const status& before, wall_time now);

/// A paused rollout is not late: the condition Progressing says when it is
/// paused, and when it goes on.
void note_pause(status& value, const target& wanted, wall_time now);

/// The newest set was made, or found.
void note_newest(status& value, const target& wanted, const replica_set& newest,
                 wall_time now);

/// The newest set cannot be made.
void note_failure(status& value, const target& wanted,
                  const std::string& message, wall_time now);

/// How a rollout fares from `before` to `value`: complete, moving, or late;
/// and whether pods cannot be made.
void note_progress(status& value, const status& before, const target& wanted,
                   const replica_sets& sets, wall_time now);

/// Every pod is of the newest set, and there are as many as wanted.
bool is_complete(const status& value, const target& wanted);

/// When to see whether the rollout is late.
std::optional<wall_time> late_at(const status& value, const target& wanted);

/// The write that makes the stored status `value`; none when it is.
std::optional<control::action> change_of(const status& value,
                                         const target& wanted);

} // namespace troupe::controllers::deployments
