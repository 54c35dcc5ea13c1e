#pragma once

#include "runtime/base/prng.hpp"
#include "tests/sim/world/counters.hpp"
#include "tests/sim/world/timeline.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace troupe::sim {

/// Chances are per million.
struct link_quality {
  duration latency_min = std::chrono::microseconds{100};
  duration latency_max = std::chrono::milliseconds{1};
  std::uint32_t loss = 0;
  std::uint32_t duplicate = 0;
  std::uint32_t straggle = 0; ///< chance of a delay up to `straggle_max` more
  duration straggle_max{};
  bool ordered = true; ///< but for what straggles or is doubled
};

/// Carries things between addresses: late, twice, in another order, or never.
/// Servers have the addresses from 0 on; clients come after them, and what is
/// between them and a server is a connection, which repeats nothing.
class net {
public:
  using address = unsigned;

  net(timeline& time, counters& count, std::uint64_t seed, unsigned servers,
      link_quality quality)
      : time_(time), count_(count), random_(seed), servers_(servers),
        quality_(quality) {}

  /// Calls `deliver` once, several times or never. It must not assume that
  /// whoever sent it still lives.
  void send(address from, address to, std::function<void()> deliver);

  /// How long the next part of a stream takes; none: the stream is cut.
  std::optional<duration> stream_latency(address from, address to);

  /// Nothing passes from `from` to `to` any more. Calls nest; what is under
  /// way still arrives.
  void block(address from, address to) { ++blocked_[{from, to}]; }
  void unblock(address from, address to) { --blocked_[{from, to}]; }

  /// From now on nothing is lost, doubled or late, and nothing takes longer
  /// than `latency_max`.
  void calm(duration latency_max);

  /// Everything to or from `who` takes that much longer, or is lost that much
  /// oftener. Back to what it was with zero.
  void slow_down(address who, duration extra) { extra_latency_[who] = extra; }
  void lose_more(address who, std::uint32_t chance) {
    extra_loss_[who] = chance;
  }

private:
  bool lost(address from, address to);
  duration latency(address from, address to);
  duration between(duration low, duration high);
  bool unlucky(std::uint32_t chance) {
    return chance > 0 && random_.below(1'000'000) < chance;
  }

  timeline& time_;
  counters& count_;
  prng random_;
  unsigned servers_;
  link_quality quality_;
  std::map<std::pair<address, address>, int> blocked_;
  std::map<std::pair<address, address>, mono_time> last_arrival_;
  std::map<address, duration> extra_latency_;
  std::map<address, std::uint32_t> extra_loss_;
};

} // namespace troupe::sim
