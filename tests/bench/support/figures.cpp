#include "tests/bench/support/figures.hpp"

#include <algorithm>

namespace troupe::bench {

namespace {

template <class T>
T at(const std::vector<T>& sorted, double part) {
  return sorted[static_cast<std::size_t>(
      part * static_cast<double>(sorted.size() - 1))];
}

} // namespace

found summarize(std::vector<float> microseconds, double seconds) {
  found out;
  if (microseconds.empty())
    return out;
  std::sort(microseconds.begin(), microseconds.end());
  out.per_second = static_cast<double>(microseconds.size()) / seconds;
  out.p50_ms = at(microseconds, 0.5) / 1e3;
  out.p99_ms = at(microseconds, 0.99) / 1e3;
  return out;
}

found median(const std::vector<found>& runs) {
  found out;
  const auto of = [&](auto found::*field) {
    std::vector<double> values;
    for (const auto& run : runs)
      values.push_back(static_cast<double>(run.*field));
    std::sort(values.begin(), values.end());
    return at(values, 0.5);
  };
  if (runs.empty())
    return out;
  out.per_second = of(&found::per_second);
  out.p50_ms = of(&found::p50_ms);
  out.p99_ms = of(&found::p99_ms);
  out.server_us = of(&found::server_us);
  out.client_us = of(&found::client_us);
  for (const auto& run : runs)
    out.failed += run.failed;
  return out;
}

} // namespace troupe::bench
