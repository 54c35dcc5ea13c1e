#pragma once

#include <cstdint>
#include <vector>

namespace troupe::bench {

/// What one run of clients found.
struct found {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  std::uint64_t failed = 0;
  /// Processor time of the servers and of the clients, for one operation.
  double server_us = 0;
  double client_us = 0;
};

/// From the microseconds that single operations took, over `seconds`.
found summarize(std::vector<float> microseconds, double seconds);

/// The median of each figure by itself.
found median(const std::vector<found>& runs);

} // namespace troupe::bench
