#pragma once

#include "actors/controllers/deployment/target.hpp"
#include "runtime/control/plan.hpp"

#include <map>
#include <vector>

namespace troupe::controllers::deployments {

namespace annotation {
inline constexpr std::string_view revision =
    "deployment.kubernetes.io/revision";
inline constexpr std::string_view revision_history =
    "deployment.kubernetes.io/revision-history";
inline constexpr std::string_view desired_replicas =
    "deployment.kubernetes.io/desired-replicas";
inline constexpr std::string_view max_replicas =
    "deployment.kubernetes.io/max-replicas";
} // namespace annotation

inline constexpr std::string_view hash_label = "pod-template-hash";

/// A ReplicaSet: what was stored, and what shall become of it. Rules change the
/// second, `change_of` makes one write of the difference.
struct replica_set {
  object_key key;
  std::shared_ptr<const codec::document> object;
  view::apps_v1::replica_set read;
  std::string name;
  std::string uid;
  std::string created; ///< RFC 3339, which sorts as time does
  bool deleting = false;

  std::int64_t replicas = 0;
  std::int64_t min_ready_seconds = 0;
  std::map<std::string, std::string, std::less<>> annotations;

  std::int64_t stored_replicas() const { return read.spec().replicas(); }

  std::int64_t available() const { return read.status().available_replicas(); }

  /// Whether it has pods, or should have.
  bool active() const { return replicas > 0; }

  /// 0: none that can be read.
  std::int64_t revision() const { return number(annotation::revision, 0); }

  /// An annotation that is a number.
  std::int64_t number(std::string_view name, std::int64_t otherwise) const;
};

/// The oldest first, those of one age by name.
bool is_older(const replica_set& a, const replica_set& b);

/// The ReplicaSets a Deployment has, in `is_older` order, and the writes that
/// make it so: it adopts those that it selects and nobody controls, and lets
/// go of those it controls and does not select.
struct claim {
  std::vector<replica_set> sets;
  std::vector<control::action> actions;
};

claim claim_replica_sets(const control::snapshot& view, const target& wanted);

/// Finds a Deployment for the ReplicaSets of a namespace that nobody controls.
std::vector<control::action> adopt_orphans(const control::snapshot& view,
                                           std::string_view ns);

/// The write that makes a set what it shall be; none when it is.
std::optional<control::action> change_of(const replica_set& set,
                                         const target& wanted);

/// Copies what users say of the Deployment, and lifts the revision to
/// `revision` at least, remembering those it had.
void copy_annotations(replica_set& set, const target& wanted,
                      std::int64_t revision);

/// How many pods, and of what size of the Deployment that is a part.
void resize(replica_set& set, std::int64_t replicas, const target& wanted);

/// A new set for the Deployment's template, not stored yet.
struct new_replica_set {
  object_key key;
  control::action create;
};

new_replica_set make_replica_set(const target& wanted, std::int64_t replicas,
                                 std::int64_t revision);

} // namespace troupe::controllers::deployments
