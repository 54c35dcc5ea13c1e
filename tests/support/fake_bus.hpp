#pragma once

#include "runtime/bus/bus_port.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace troupe::test {

/// A bus within this process. Messages arrive from the sender's thread, in its
/// order. Outlives its ports.
class fake_bus {
public:
  /// `self`'s place on it.
  std::unique_ptr<bus::bus_port> connect(bus_peer self);

  /// Nothing goes through while it is away.
  void away(bool value);

  /// That process dies: it hears nothing any more, and is not heard.
  void kill(const bus_peer& who);

private:
  class port;
  friend class port;

  std::shared_ptr<port> find(const bus_peer& to);
  bool is_dead(const bus_peer& who);

  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<port>> ports_;
  std::set<std::pair<std::string, std::string>> dead_;
  std::size_t turn_ = 0;
  bool away_ = false;
};

} // namespace troupe::test
