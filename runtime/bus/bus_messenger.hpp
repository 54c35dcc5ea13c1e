#pragma once

#include "runtime/bus/bus_port.hpp"
#include "runtime/port/messenger.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace troupe::bus {

/// Who a messenger speaks for.
struct messenger_config {
  std::string cluster_uid;
  bus_peer self; ///< a process (`is_process`)
  /// Grows with each start of the process; not 0.
  std::uint64_t incarnation = 0;
};

/// A messenger over any bus. An address "/server/any/..." is served by whatever
/// serves "/server/<self>/...". Fails when the port does not start. Destroying
/// it ends what is under way and waits for callbacks that run; it must not
/// happen within one.
result<std::unique_ptr<messenger>>
make_messenger(messenger_config config, std::unique_ptr<bus_port> port);

} // namespace troupe::bus
