#pragma once

#include "messages/base/time_point.hpp"
#include "runtime/base/backoff.hpp"

#include <optional>
#include <variant>
#include <vector>

/// The decisions of the process that keeps another one running. Pure.
namespace troupe::process {

struct supervision_config {
  /// Before the first, second, ... restart in a row.
  backoff_policy backoff{std::chrono::milliseconds{100},
                         std::chrono::seconds{15}};
  /// A process that ran this long was well: the next restart is the first.
  duration well_after = std::chrono::seconds{30};
  /// Time to end after SIGTERM, before SIGKILL.
  duration stop_timeout = std::chrono::seconds{15};
};

/// Inputs.
struct process_ended {}; ///< or could not be started
struct stop_requested {};
struct time_passed {};

using supervision_input =
    std::variant<process_ended, stop_requested, time_passed>;

enum class supervision_effect {
  start_process,
  terminate_process,
  kill_process,
  finish, ///< nothing runs any more, and nothing will
};

///        begin            process_ended (1)
///   (start_process) -> running ----------> waiting
///                        | ^                  | time_passed (2)
///         stop_requested | +------------------+
///                    (3) v                    | stop_requested (4)
///                    stopping ----(5)----> finished
///
/// 1. The delay doubles with each restart in a row. 2. start_process.
/// 3. terminate_process; kill_process when the stop timeout passes. 4. Nothing
/// runs: finish. 5. process_ended: finish.
class supervision_fsm {
public:
  explicit supervision_fsm(supervision_config config) : config_(config) {}

  /// The first effects: start the server.
  std::vector<supervision_effect> begin(mono_time now);

  std::vector<supervision_effect> step(const supervision_input& input,
                                       mono_time now);

  /// When `time_passed` is due; nothing while only events matter.
  std::optional<mono_time> deadline() const;

  /// Starts after the first.
  unsigned restarts() const noexcept { return restarts_; }

  bool finished() const noexcept {
    return std::holds_alternative<finished_state>(state_);
  }

private:
  struct running {
    mono_time since;
  };

  struct waiting {
    mono_time until;
  };

  struct stopping {
    mono_time kill_at;
    bool killed = false;
  };

  struct finished_state {};

  using effects = std::vector<supervision_effect>;

  effects on_end(mono_time now);
  effects on_stop(mono_time now);
  effects on_time(mono_time now);

  supervision_config config_;
  std::variant<running, waiting, stopping, finished_state> state_;
  unsigned failures_ = 0; ///< in a row
  unsigned restarts_ = 0;
};

} // namespace troupe::process
