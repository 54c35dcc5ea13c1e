#pragma once

#include "bootstrap/process/child.hpp"
#include "bootstrap/process/run_file.hpp"
#include "bootstrap/process/supervision_fsm.hpp"

#include <functional>
#include <optional>
#include <string>

namespace troupe::process {

/// A process that is to run.
struct kept_process {
  std::string name;
  std::string kind;
  child_spec child;
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

  bool finished() const { return machine_.finished(); }

  std::optional<mono_time> deadline() const { return machine_.deadline(); }

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
  int pid_ = 0;
};

} // namespace troupe::process
