#pragma once

#include "runtime/port/messenger.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace troupe::bus {

/// What is at work: requests that have no answer yet, and their octets.
struct load {
  std::size_t requests = 0;
  std::size_t octets = 0;

  friend bool operator==(const load&, const load&) = default;
};

/// The most that services of this process work at, and the most of it for one
/// peer, so that none can keep the others out.
inline constexpr load load_max{4096, 256 * 1024 * 1024};
inline constexpr load peer_load_max{1024, 32 * 1024 * 1024};

/// Who has how much at work here. Not safe for concurrent use.
class load_table {
public:
  /// Counts a request in; false, and nothing is counted, past a limit.
  bool enter(const bus_peer& from, std::size_t octets);

  /// One that entered was answered.
  void leave(const bus_peer& from, std::size_t octets);

private:
  load all_;
  std::map<std::pair<std::string, std::string>, load> of_peer_;
};

} // namespace troupe::bus
