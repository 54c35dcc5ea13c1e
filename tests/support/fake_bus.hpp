#pragma once

#include "runtime/bus/bus_port.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
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

private:
  class port;
  friend class port;

  std::shared_ptr<port> find(const bus_peer& to);

  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<port>> ports_;
  std::size_t turn_ = 0;
  bool away_ = false;
};

} // namespace troupe::test
