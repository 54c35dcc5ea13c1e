#pragma once

#include "runtime/caf/door_report.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::actors {

class door_base;

enum class kill_outcome {
  killed,  ///< it ends; its supervisor starts another
  unknown, ///< no actor has that address
  down,    ///< one has, and is between two incarnations
};

/// The actors of a process by address, supervisors included: what can be
/// looked at and killed. Supervisors enter their children here. Safe from any
/// thread.
class live_tree {
public:
  /// Replaces what had the same address. A door that is gone is forgotten.
  void add(const std::shared_ptr<door_base>& entrance);

  /// Does nothing when another door has that address by now.
  void remove(const door_base& entrance);

  /// At most `most` rows after the address `after`, ascending.
  std::vector<door_report> report(const std::string& after, std::size_t most,
                                  mono_time now);

  /// Ends the actor as a fault would. `before` is called first, and only if
  /// there is somebody to kill: the process may end with it.
  kill_outcome kill(const std::string& address,
                    const std::function<void()>& before);

private:
  std::shared_ptr<door_base> find(const std::string& address);

  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<door_base>> doors_;
};

} // namespace troupe::actors
