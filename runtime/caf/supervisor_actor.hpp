#pragma once

#include "runtime/caf/door.hpp"
#include "runtime/caf/live_tree.hpp"
#include "runtime/caf/restart_policy.hpp"

#include <caf/event_based_actor.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::actors {

/// One child of a supervisor, as data. `spawn` is called for each incarnation
/// and must spawn the actor with the given parent.
struct child_spec {
  std::shared_ptr<door_base> entrance;
  std::function<caf::actor(caf::event_based_actor& parent)> spawn;
};

struct supervisor_config {
  restart_strategy strategy = restart_strategy::one_for_one;
  restart_policy policy;
  std::vector<child_spec> children;
  /// Called when the policy is exhausted, before the supervisor dies. The root
  /// ends the process here: whoever started it starts it again.
  std::function<void(const std::string& address)> give_up;
  /// Where the children are entered; outlives the supervisor. Null: nowhere.
  live_tree* tree = nullptr;
};

/// Starts its children in order and keeps them alive: a child that ends, for
/// whatever reason, is started again after a backoff. Exiting, it takes its
/// children along in reverse order.
caf::behavior supervisor(caf::event_based_actor* self,
                         supervisor_config config);

/// Starts a supervisor that nobody supervises, behind `entrance`. Where it may
/// be killed, `on_end` is called once it ended for any reason but
/// `user_shutdown`, from its own thread.
caf::actor spawn_root(caf::actor_system& system,
                      const std::shared_ptr<door_base>& entrance,
                      supervisor_config config, std::function<void()> on_end);

/// The same for one that ends with `owner`, and the other way round.
caf::actor spawn_linked(caf::event_based_actor& owner,
                        const std::shared_ptr<door_base>& entrance,
                        supervisor_config config);

/// Gives a running supervisor one more child, which it starts last; and takes
/// one away, which ends. Children that come and go suit `one_for_one`.
void add_child(const caf::actor& to, child_spec spec);
void remove_child(const caf::actor& from, std::string address);

} // namespace troupe::actors
