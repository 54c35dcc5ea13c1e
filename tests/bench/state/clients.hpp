#pragma once

#include "tests/bench/support/figures.hpp"
#include "tests/bench/support/process.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace troupe::bench {

/// What closed-loop clients are to do.
struct load {
  std::string verb = "put"; ///< or "get", of keys that were put
  std::size_t clients = 1;
  double seconds = 5;
  std::size_t value_octets = 256;
  std::uint64_t keys = 2000; ///< that are written and read, of each process
};

/// Starts clients, `processes` of them, each of which writes the microseconds
/// of its operations, as floats, to the file it is given. Waits for them.
found run_clients(
    const load& wanted, std::size_t processes,
    const std::vector<pid_t>& servers,
    const std::function<process(std::size_t number, const load& share,
                                const std::string& file)>& start,
    const std::string& directory);

} // namespace troupe::bench
