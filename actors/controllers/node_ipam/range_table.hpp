#pragma once

#include "messages/base/ip.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace troupe::controllers::node_ipam {

/// Which of the equal parts of a range are taken.
class range_table {
public:
  /// Parts of a range at most.
  static constexpr unsigned part_bits_max = 16;

  /// `whole` in parts of `length` bits; no shorter than `whole`, and no more
  /// than `part_bits_max` longer. A part has fewer than 2^64 addresses.
  range_table(const ip_prefix& whole, unsigned length);

  /// Takes every part that shares an address with `range`.
  void take(const ip_prefix& range);

  /// Takes the lowest part that is free; none when all are taken.
  std::optional<ip_prefix> take_lowest();

private:
  ip_prefix whole_;
  unsigned length_;
  std::vector<bool> taken_;
  std::size_t lowest_ = 0; ///< parts before it are taken
};

} // namespace troupe::controllers::node_ipam
