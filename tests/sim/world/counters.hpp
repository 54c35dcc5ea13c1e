#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace troupe::sim {

/// How often something happened, by name: a run in which nothing rare did
/// proves nothing.
class counters {
public:
  void add(std::string_view name, std::uint64_t times = 1) {
    const auto found = counts_.find(name);
    if (found != counts_.end())
      found->second += times;
    else
      counts_.emplace(name, times);
  }

  std::uint64_t of(std::string_view name) const {
    const auto found = counts_.find(name);
    return found == counts_.end() ? 0 : found->second;
  }

  void add_all(const counters& other) {
    for (const auto& [name, times] : other.counts_)
      add(name, times);
  }

  const std::map<std::string, std::uint64_t, std::less<>>& all() const {
    return counts_;
  }

private:
  std::map<std::string, std::uint64_t, std::less<>> counts_;
};

} // namespace troupe::sim
