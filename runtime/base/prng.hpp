#pragma once

#include <cstdint>

namespace troupe {

/// A small seeded generator (splitmix64, Steele et al. 2014) for jitter,
/// election timeouts and simulations: one seed gives one sequence, on every
/// machine. Not for secrets or ids; those come from entropy.hpp.
class prng {
public:
  explicit constexpr prng(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  /// Uniform enough in [0, bound); 0 when the bound is 0.
  constexpr std::uint64_t below(std::uint64_t bound) {
    return bound == 0 ? 0 : next() % bound;
  }

  /// True with probability `percent` in a hundred.
  constexpr bool chance(unsigned percent) { return below(100) < percent; }

private:
  std::uint64_t state_;
};

} // namespace troupe
