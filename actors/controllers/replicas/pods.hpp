#pragma once

#include "actors/controllers/replicas/keeper.hpp"
#include "messages/base/time_point.hpp"
#include "runtime/control/plan.hpp"

#include <vector>

namespace troupe::controllers::replicas {

/// What counts about one version of a pod, beside its index columns.
struct pod_facts {
  bool controlled = false; ///< some controller has it
  std::string controller_uid;
  std::optional<wall_time> created;
  bool ready = false;
  std::optional<wall_time> ready_since; ///< if ready, and known
  std::int64_t deletion_cost = 0;
  std::int64_t restarts = 0;         ///< the most of one container
  std::int64_t sidecar_restarts = 0; ///< the most of one sidecar
};

/// One pod; labels, uid, node and phase are in its columns.
struct known_pod {
  object_key key;
  store::version_ptr version;
  std::shared_ptr<const pod_facts> facts;
};

pod_facts read_facts(const codec::document& pod);

/// The node a pod is on; "" for none.
std::string_view node_of(const store::version& pod);

/// Neither ended nor asked to end.
bool is_active(const store::version& pod);

/// Asked to end, and not ended yet.
bool is_terminating(const store::version& pod);

/// Whether it was ready long enough, as of `now`.
bool is_available(const pod_facts& pod, std::int64_t min_ready_seconds,
                  wall_time now);

/// When it will be, if it stays ready and is not yet.
std::optional<wall_time> available_at(const pod_facts& pod,
                                      std::int64_t min_ready_seconds,
                                      wall_time now);

/// The pods of one keeper.
struct claim {
  std::vector<known_pod> active; ///< those about to be adopted, too
  std::int64_t terminating = 0;
  /// Adoptions and releases.
  std::vector<control::action> actions;
};

/// Claims pods: those it controls stay while the selector matches, and are let
/// go otherwise; those nobody controls are taken over if it does. These are
/// only looked for when the keeper is short of pods or was changed; else
/// `adoptions` sees to them. A keeper that is being deleted changes nothing.
claim claim_pods(const control::snapshot& view, const keeper& owner);

/// Finds a keeper for pods of the namespace that nobody controls.
std::vector<control::action> adoptions(const control::snapshot& view,
                                       const keeper_kind& kind,
                                       std::string_view ns);

/// metav1.OwnerReference of the controller.
void add_controller(codec::document& object, const keeper& owner);

} // namespace troupe::controllers::replicas
