#pragma once

#include "bootstrap/process/child.hpp"
#include "bootstrap/process/run_file.hpp"
#include "bootstrap/process/supervision_fsm.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace troupe::process {

/// The log of a process, which is moved away when it is large.
struct kept_log {
  std::string file;      ///< empty: none
  int reopen_signal = 0; ///< has the process open it anew
};

/// A process that is to run.
struct kept_process {
  std::string name;
  std::string kind;
  child_spec child;
  kept_log log;
  /// Younger ones get no `reopen_signal` yet: they might not listen for it.
  duration settles_after = std::chrono::seconds{5};
};

/// The effects of the machine, carried out on one process: starts it, starts
/// it again when it ends, and ends it when told to stop.
class keeper {
public:
  /// `report` hears of each change of `record`.
  keeper(kept_process what, std::function<void()> report);

  void begin();

  /// Ends the process; `finished` once it has ended.
  void stop();

  /// Looks at the clock, and whether the process has ended.
  void look();

  /// Moves its log away if that has more than `octets_max`.
  void look_at_log(std::uint64_t octets_max);

  /// Has the process open its log anew, at one of the next looks.
  void reopen_log();

  bool finished() const { return machine_.finished(); }

  std::optional<mono_time> deadline() const;

  const process_record& record() const { return record_; }

private:
  void take(const supervision_input& input);
  void carry_out(const std::vector<supervision_effect>& effects);
  void start();
  void ended(const std::string& how);

  kept_process what_;
  std::function<void()> report_;
  supervision_fsm machine_;
  process_record record_;
  mono_time settled_at() const { return since_ + what_.settles_after; }

  int pid_ = 0;
  mono_time since_{}; ///< it runs
  bool reopen_due_ = false;
};

} // namespace troupe::process
