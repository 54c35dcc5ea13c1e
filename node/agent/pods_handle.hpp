#pragma once

#include "node/agent/pod_actor.hpp"
#include "node/agent/watched_table.hpp"
#include "runtime/caf/supervisor_actor.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace troupe::agent {

/// The actors of a node's pods, under a supervisor of their own. Used by the
/// node's actor alone.
class pods_handle {
public:
  /// The supervisor, behind `entrance`, is linked to `owner`: it ends with it,
  /// and the other way round.
  pods_handle(caf::event_based_actor& owner,
              const std::shared_ptr<actors::door_base>& entrance,
              const pod_surroundings& around);
  ~pods_handle();

  pods_handle(const pods_handle&) = delete;
  pods_handle& operator=(const pods_handle&) = delete;

  /// A pod's object is new, another, or gone.
  void change(const object_change& change);

  /// Ends the pods of an earlier agent whose objects went away meanwhile.
  void end_leftovers();

  /// How many pods run whose objects are gone or to go.
  std::size_t leaving() const;

  /// The node's network was opened: pods may have lost their places in it.
  void check_networks();

  /// Nothing of the pod is left: its actor, record and entry go.
  void forget(const std::string& uid);

private:
  void start(const std::string& uid, pod_ptr pod);
  std::optional<pod::refusal> admit(const std::string& uid, const pod_ptr& pod);
  bool is_over(const std::string& uid, const pod_ptr& pod) const;

  pod_surroundings around_;
  caf::actor supervisor_;
  std::map<std::string, std::shared_ptr<pod_door>> doors_;
  /// The pods taken that want ports of the node, an earlier agent's first.
  std::map<std::string, pod_ptr> claimants_;
};

} // namespace troupe::agent
