#pragma once

#include "actors/singleton/lease_election.hpp"
#include "actors/singleton/singleton_handle.hpp"
#include "runtime/control/fenced_api.hpp"
#include "runtime/control/loop_actor.hpp"

#include <functional>
#include <memory>
#include <string>

namespace troupe::singleton {

/// Actors of which one server runs its own at a time.
struct singleton_spec {
  std::string address; ///< "/server/s1/controller"
  election_config election;
  /// The supervisor of those of one holding, who write through `api` alone.
  std::function<actors::supervisor_config(
      std::shared_ptr<control::api_port> api)>
      children;
  /// Who tells it that the server ends.
  std::shared_ptr<singleton_handle> handle =
      std::make_shared<singleton_handle>();
  /// Its door; given by `singleton_child`.
  std::shared_ptr<actors::door_base> supervisor = nullptr;
};

/// Runs its children while it holds the lease, and gives it back when the
/// handle says that the server ends. They have a supervisor of their
/// own below this actor, and end with it: when the lease is lost, when this
/// actor is killed, and when their supervisor gives up, which ends this one,
/// too. Before they are told to end, their door is shut.
class singleton_actor final : public control::loop_actor {
public:
  singleton_actor(caf::actor_config& config,
                  std::shared_ptr<actors::door<control::loop_message>> entrance,
                  singleton_spec spec, control::loop_ports ports);

  void on_exit() override;

protected:
  void begin() override;

private:
  class loop;

  void carry_out(const election_effects& wanted);
  void raise(store::revision epoch);
  void start(store::revision epoch);
  void stop();

  singleton_spec singleton_;
  /// The epoch that stands, as a refused write told; set from any thread.
  std::shared_ptr<std::atomic<std::uint64_t>> standing_;
  std::shared_ptr<control::fenced_api> door_;
  caf::actor children_;
};

/// As a supervised child. Its calls and reads take half the time that a holder
/// has to renew its lease.
actors::child_spec singleton_child(singleton_spec spec,
                                   control::loop_ports ports);

} // namespace troupe::singleton
