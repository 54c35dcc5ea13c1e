#pragma once

#include "messages/base/time_point.hpp"
#include "runtime/base/guarded.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace troupe::gateway {

/// What a request was, for counting. All words come from the schema or from
/// short fixed lists, so that clients cannot make new series.
struct request_labels {
  std::string verb; ///< "GET", "LIST", ...
  std::string group;
  std::string version;
  std::string resource;
  std::string subresource;

  auto operator<=>(const request_labels&) const = default;
};

/// Counts and latencies of requests, in upstream's names. Safe from any
/// thread.
class request_metrics {
public:
  void record(const request_labels& labels, int code, duration took);

  /// Appends `apiserver_request_total` and
  /// `apiserver_request_duration_seconds` in Prometheus' text format.
  void append(std::string& out) const;

private:
  static constexpr std::array<double, 10> bounds = {
      0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 2, 10, 60};

  struct histogram {
    std::array<std::uint64_t, bounds.size() + 1> counts{};
    double sum = 0;
  };

  struct series {
    std::map<std::pair<request_labels, int>, std::uint64_t> totals;
    std::map<request_labels, histogram> latencies;
  };

  static void append_histogram(std::string& out, const std::string& labels,
                               const histogram& values);

  guarded<series> series_;
};

/// Appends `# HELP` and `# TYPE` of one metric.
void append_metric_head(std::string& out, std::string_view name,
                        std::string_view type, std::string_view help);

} // namespace troupe::gateway
