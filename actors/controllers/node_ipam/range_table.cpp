#include "actors/controllers/node_ipam/range_table.hpp"

#include <algorithm>

namespace troupe::controllers::node_ipam {

range_table::range_table(const ip_prefix& whole, unsigned length)
    : whole_(whole), length_(length) {
  TROUPE_CHECK(length >= whole.length(), "a part is no larger than its whole");
  TROUPE_CHECK(length - whole.length() <= part_bits_max, "parts are few");
  TROUPE_CHECK(length <= whole.first().bits(), "a part has an address");
  TROUPE_CHECK(whole.first().bits() - length < 64, "a part can be counted");
  taken_.resize(std::size_t{1} << (length - whole.length()));
}

void range_table::take(const ip_prefix& range) {
  if (range.contains(whole_)) {
    std::fill(taken_.begin(), taken_.end(), true);
    return;
  }
  if (!whole_.contains(range))
    return;
  const auto place = range.first().minus(whole_.first());
  TROUPE_CHECK(place.has_value(), "what is within comes after the first");
  const auto host_bits = whole_.first().bits() - length_;
  const auto begin = static_cast<std::size_t>(*place >> host_bits);
  const auto parts = range.length() >= length_
                         ? std::size_t{1}
                         : std::size_t{1} << (length_ - range.length());
  for (auto i = begin; i < begin + parts; ++i)
    taken_[i] = true;
}

std::optional<ip_prefix> range_table::take_lowest() {
  while (lowest_ < taken_.size() && taken_[lowest_])
    ++lowest_;
  if (lowest_ == taken_.size())
    return std::nullopt;
  taken_[lowest_] = true;
  const auto first =
      whole_.at(std::uint64_t{lowest_} << (whole_.first().bits() - length_));
  TROUPE_CHECK(first.has_value(), "every part lies in the whole");
  return *ip_prefix::of(*first, length_);
}

} // namespace troupe::controllers::node_ipam
