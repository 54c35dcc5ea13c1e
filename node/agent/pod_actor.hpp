#pragma once

#include "node/agent/event_subjects.hpp"
#include "node/agent/moment.hpp"
#include "node/agent/pod_core.hpp"
#include "node/agent/pod_registry.hpp"
#include "runtime/caf/input_actor.hpp"
#include "runtime/events/event_recorder.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace troupe::agent {

/// What a pod's actor hears.
struct pod_changed {
  pod_ptr pod;
};

/// Time to look again, unless another look was arranged since.
struct pod_look {
  std::uint64_t number = 0;
};

/// Mounted volumes may have become old.
struct volumes_look {};

/// A limited pod may have written more.
struct storage_look {};

/// The node's network was opened again.
struct network_look {};

/// The answer to a write of the status.
struct status_answer {
  api::response answer;
};

using pod_input =
    std::variant<pod_changed, pod::pod_fact, adoption, status_answer, pod_look,
                 volumes_look, storage_look, network_look>;

using pod_door = actors::door<pod_input>;

/// What all pod actors share.
struct pod_surroundings {
  node_services* services = nullptr;
  pod_registry* registry = nullptr;
  events::event_recorder* events = nullptr;
  /// Told once nothing of the pod is left. From any thread.
  std::function<void(const std::string& uid)> finished;
};

/// The shell of one pod: carries its core's effects out. It keeps nothing that
/// the record, the shim and the object do not say.
class pod_actor : public actors::input_actor<pod_input> {
public:
  pod_actor(caf::actor_config& config, std::shared_ptr<pod_door> entrance,
            const pod_surroundings& around, pod_ptr pod,
            std::optional<pod::refusal> refused);

  void on_exit() override;

protected:
  void begin() override;
  void handle(pod_input& input) override;

private:
  void carry_out(pod_effects effects);
  std::function<void()> telling(std::vector<pod::pod_event> events);
  void write_status(std::shared_ptr<const codec::document> body);
  void mind_clock(wall_time now);
  pod_effects look(const pod_look& due, wall_time now);
  void look_at(wall_time due);
  void refresh_volumes();
  void count_storage();

  pod_surroundings around_;
  std::string uid_;
  pod_core core_;
  const std::optional<pod::refusal> refused_; ///< by this node
  std::shared_ptr<pod_executor> executor_;
  clock_watch clock_;
  std::optional<wall_time> next_look_;
  std::uint64_t looks_ = 0; ///< arranged
};

} // namespace troupe::agent
