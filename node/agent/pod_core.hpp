#pragma once

#include "messages/api/request.hpp"
#include "messages/codec/document.hpp"
#include "node/pod/actions.hpp"
#include "node/pod/config.hpp"
#include "node/pod/facts.hpp"
#include "node/pod/observed.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::agent {

using pod_ptr = std::shared_ptr<const codec::document>;

/// What a pod's actor has to do next, in this order.
struct pod_effects {
  /// The record to keep before any action is begun; absent: as it is. None is
  /// left behind by a pod that is finished.
  std::optional<std::string> record;
  std::vector<pod::pod_event> events;
  std::vector<pod::pod_action> actions;
  /// The pod with the status to write; one write is under way at a time.
  std::shared_ptr<const codec::document> status;
  /// Call `look` at this moment at the latest.
  std::optional<wall_time> look_again;
  /// Nothing is left to do for this pod, ever.
  bool finished = false;
};

/// One pod on this node: joins the decisions of node/pod with the object's
/// versions and the writing of its status. Pure.
///
///     changed ──▶ (waits) ── adopted ──▶ working ──▶ finished
///
/// Until `adopted` says what is left of an earlier agent's work, nothing is
/// begun.
class pod_core {
public:
  pod_core(pod_ptr pod, pod::pod_config config);

  /// What the record and the kernel say about this pod.
  pod_effects adopted(pod::observed_pod observed,
                      const std::vector<pod::pod_fact>& facts, wall_time now);

  /// A newer version of the object. One of another uid never comes here.
  pod_effects changed(pod_ptr newer, wall_time now);

  pod_effects take(const pod::pod_fact& fact, wall_time now);

  /// The answer to the write of a status.
  pod_effects status_answered(const api::response& answer, wall_time now);

  /// Time has passed.
  pod_effects look(wall_time now);

  /// The wall clock was set; `look` then.
  void clock_was_set(duration by);

  const pod_ptr& pod() const { return pod_; }

  const pod::observed_pod& observed() const { return observed_; }

private:
  pod_effects step(wall_time now, std::vector<pod::pod_event> events);
  void compare_status(wall_time now, pod_effects& out);
  bool everything_ended() const;

  pod::pod_config config_;
  pod_ptr pod_;
  pod::observed_pod observed_;
  bool adopted_ = false;
  std::string record_; ///< as last handed out
  pod_ptr sent_;       ///< the pod with the status that is being written
  /// After a failed write: not before this.
  std::optional<wall_time> write_again_;
};

/// metadata.resourceVersion as a number; 0 when there is none.
std::uint64_t revision_of(const codec::document& object);

} // namespace troupe::agent
