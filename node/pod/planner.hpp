#pragma once

#include "node/pod/actions.hpp"
#include "node/pod/spec.hpp"

#include <algorithm>
#include <optional>
#include <vector>

/// How plans are made; nobody outside this folder includes it.
namespace troupe::pod {

/// Where one pass over the pod collects what it finds. A pass sees the state
/// that the passes before it have begun, so that it need not foresee what its
/// own actions change.
class planner {
public:
  planner(const view::core_v1::pod& pod, const observed_pod& observed,
          wall_time now, const pod_config& config)
      : pod_(pod), seen_(observed), now_(now), config_(config),
        containers_(containers_of(pod)),
        ephemeral_(ephemeral_containers_of(pod)) {
    // nop
  }

  pod_actions plan();

private:
  using entries = std::vector<container_entry>;

  // The whole pod (plan.cpp).
  bool begin_end();
  void fail_late();
  std::string why_end() const;
  bool is_complete() const;
  bool init_failed() const;
  bool stays_down(const container_entry& entry) const;
  void run();
  bool volumes_ready();
  bool sandbox_ready();

  // What starts (plan_start.cpp).
  bool initialize();
  bool settle_init(const container_entry& entry, bool is_past);
  void start_regular();
  void start_ephemeral();
  bool start(const container_entry& entry, bool may_start);
  bool image_ready(const container_entry& entry);
  void pull(const container_entry& entry);
  bool waits_for_restart(const container_entry& entry);
  bool is_busy(const container_entry& entry) const;
  void run_post_start(const container_entry& entry);
  std::string start_reason(const container_entry& entry) const;

  // What stops (plan_stop.cpp).
  void replace_running();
  void replace(const container_entry& entry);
  void end();
  bool end_containers();
  void end(const container_entry& entry);
  bool is_its_turn(const container_entry& entry) const;
  void take_down(const container_entry& entry, bool its_turn);
  void ask(const container_entry& entry, bool may_end, wall_time deadline);
  void kill(const container_entry& entry, wall_time deadline);
  wall_time stop_deadline(const observed_container& container) const;
  bool sandbox_gone(const std::string& reason);
  bool volumes_gone();
  void remove();

  const observed_container& seen(const container_entry& entry) const {
    static const observed_container nothing;
    const auto* found = find(seen_, entry.spec.name());
    return found == nullptr ? nothing : *found;
  }

  /// In the sandbox of today.
  bool is_current(const observed_container& container) const {
    return container.sandbox_id == seen_.sandbox.id;
  }

  void add(pod_action action) { out_.actions.push_back(std::move(action)); }

  void look_at(wall_time when) {
    if (when > now_)
      out_.look_again =
          out_.look_again ? std::min(*out_.look_again, when) : when;
  }

  /// Whether `since` is at least `wait` ago; else looks again when it is. What
  /// is to come was noted before the clock was set back.
  bool is_past(std::optional<wall_time> since, duration wait) {
    if (!since || now_ >= *since + wait || now_ < *since)
      return true;
    look_at(*since + wait);
    return false;
  }

  const view::core_v1::pod& pod_;
  const observed_pod& seen_;
  const wall_time now_;
  const pod_config& config_;
  const entries containers_;
  const entries ephemeral_;
  pod_actions out_;
};

} // namespace troupe::pod
