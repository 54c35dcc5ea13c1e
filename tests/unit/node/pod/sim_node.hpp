#pragma once

#include "messages/codec/document.hpp"
#include "node/pod/facts.hpp"
#include "runtime/base/prng.hpp"

#include <map>
#include <string>
#include <vector>

namespace troupe::test {

/// A node that carries out plans for one pod with seeded luck: actions succeed,
/// fail and take their time, containers exit, the sandbox dies, the agent is
/// killed and reads its record. Every step checks what must always hold.
class sim_node {
public:
  sim_node(std::uint64_t seed, const std::string& pod);

  /// Something happens; then the node does what is due.
  void step();

  /// The object is deleted; from now on nothing fails by itself.
  void remove_object();

  /// Runs until nothing is left to be done or waited for, at most `steps_max`
  /// steps. False when it does not come to rest.
  bool settle(int steps_max);

  bool is_finished() const { return finished_; }

  std::string phase() const;

private:
  void act();
  void check_status();
  void check_counts();
  void tell(const pod::pod_fact& fact);
  void answer();
  void disturb();
  void restart_agent();
  void exit_one();
  void end(std::string id, std::int32_t code);

  // What becomes of each action.
  void finish(const pod::mount_volumes& action);
  void finish(const pod::create_sandbox& action);
  void finish(const pod::ensure_image& action);
  void finish(const pod::start_container& action);
  void finish(const pod::run_hook& action);
  void finish(const pod::signal_container& action);
  void finish(const pod::stop_sandbox& action);
  void finish(const pod::unmount_volumes& action);
  void finish(const pod::remove_pod& action);
  void finish(const pod::delete_object& action);

  template <class Noted>
  void finish(const Noted&) {
    // Nothing to carry out.
  }

  bool fails() { return !calm_ && random_.chance(25); }

  prng random_;
  codec::document pod_;
  pod::observed_pod observed_;
  pod::pod_config config_;
  wall_time now_;
  std::vector<pod::pod_action> under_way_;
  std::map<std::string, std::string> running_; ///< container by id
  std::map<std::string, std::int32_t> counts_; ///< restarts by container
  std::optional<wall_time> look_again_;
  int made_ = 0;
  int kills_left_ = 3; ///< of agents, while everything else is calm
  bool calm_ = false;
  bool vanished_ = false;
  bool finished_ = false;
};

} // namespace troupe::test
