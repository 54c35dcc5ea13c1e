#include "messages/meta/percent.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace troupe::meta {

namespace {

/// More than any sensible share, and a product with an int32 fits.
constexpr std::int64_t percent_max = std::numeric_limits<std::int32_t>::max();

} // namespace

std::optional<std::int64_t> parse_percent(std::string_view text) {
  if (text.size() < 2 || text.back() != '%')
    return std::nullopt;
  text.remove_suffix(1);
  if (!std::all_of(text.begin(), text.end(),
                   [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  std::int64_t value = 0;
  const auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc{} ? std::min(value, percent_max) : percent_max;
}

std::int64_t percent_down(std::int64_t percent, std::int64_t whole) {
  return percent * whole / 100;
}

std::int64_t percent_up(std::int64_t percent, std::int64_t whole) {
  return (percent * whole + 99) / 100;
}

} // namespace troupe::meta
