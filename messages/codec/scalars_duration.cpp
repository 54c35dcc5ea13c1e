#include "messages/codec/scalars.hpp"
#include "messages/meta/go_quote.hpp"

#include <array>
#include <cstdint>
#include <limits>

namespace troupe::codec {

namespace {

struct unit_of_time {
  std::string_view name;
  std::uint64_t nanos;
};

constexpr std::array<unit_of_time, 8> units{{
    {"ns", 1},
    {"us", 1'000},
    {"\xc2\xb5s", 1'000}, // micro sign
    {"\xce\xbcs", 1'000}, // Greek mu
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
}};

constexpr std::uint64_t nanos_max = std::uint64_t{1} << 63;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Digits up to the first other character; false past 2^63.
bool take_number(std::string_view& text, std::uint64_t& value) {
  value = 0;
  while (!text.empty() && is_digit(text.front())) {
    if (value > nanos_max / 10)
      return false;
    value = value * 10 + static_cast<std::uint64_t>(text.front() - '0');
    if (value > nanos_max)
      return false;
    text.remove_prefix(1);
  }
  return true;
}

/// Digits behind the point as a fraction; those past 2^63 do not count.
double take_fraction(std::string_view& text) {
  double value = 0;
  double scale = 1;
  while (!text.empty() && is_digit(text.front())) {
    if (scale < 1e18) {
      value = value * 10 + (text.front() - '0');
      scale *= 10;
    }
    text.remove_prefix(1);
  }
  return value / scale;
}

error bad_duration(std::string_view why, std::string_view text) {
  return {errc::invalid_argument,
          "time: " + std::string{why} + " duration " + meta::go_quote(text)};
}

/// One "1.5h" off the front of `rest`.
result<std::uint64_t> take_term(std::string_view& rest,
                                std::string_view whole) {
  std::uint64_t number = 0;
  const auto before = rest.size();
  if (!take_number(rest, number))
    return bad_duration("invalid", whole);
  bool digits = rest.size() != before;
  double fraction = 0;
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    const auto at = rest.size();
    fraction = take_fraction(rest);
    digits = digits || rest.size() != at;
  }
  if (!digits)
    return bad_duration("invalid", whole);
  const auto name = rest.substr(0, rest.find_first_of(".0123456789"));
  rest.remove_prefix(name.size());
  if (name.empty())
    return bad_duration("missing unit in", whole);
  for (const auto& unit : units) {
    if (unit.name != name)
      continue;
    if (number > nanos_max / unit.nanos)
      return bad_duration("invalid", whole);
    const auto nanos = number * unit.nanos
                       + static_cast<std::uint64_t>(
                           fraction * static_cast<double>(unit.nanos));
    if (nanos > nanos_max)
      return bad_duration("invalid", whole);
    return nanos;
  }
  return bad_duration("unknown unit " + meta::go_quote(name) + " in", whole);
}

/// `value` in decimal with `digits` fractional digits, trailing zeros cut.
std::string with_fraction(std::uint64_t value, std::size_t digits) {
  auto text = std::to_string(value);
  if (text.size() <= digits)
    text.insert(0, digits + 1 - text.size(), '0');
  text.insert(text.size() - digits, ".");
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.')
    text.pop_back();
  return text;
}

} // namespace

result<duration> parse_duration(std::string_view text) {
  auto rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+'))
    rest.remove_prefix(1);
  if (rest == "0")
    return duration{0};
  if (rest.empty())
    return bad_duration("invalid", text);
  std::uint64_t sum = 0;
  while (!rest.empty()) {
    auto term = take_term(rest, text);
    if (!term)
      return std::move(term).error();
    sum += *term;
    if (sum > nanos_max)
      return bad_duration("invalid", text);
  }
  if (negative)
    return duration{static_cast<std::int64_t>(0 - sum)};
  if (sum == nanos_max)
    return bad_duration("invalid", text);
  return duration{static_cast<std::int64_t>(sum)};
}

std::string format_duration(duration value) {
  const auto count = value.count();
  if (count == 0)
    return "0s";
  const bool negative = count < 0;
  const auto nanos = negative ? 0 - static_cast<std::uint64_t>(count)
                              : static_cast<std::uint64_t>(count);
  std::string out = negative ? "-" : "";
  if (nanos < 1'000)
    return out + std::to_string(nanos) + "ns";
  if (nanos < 1'000'000)
    return out + with_fraction(nanos, 3) + "\xc2\xb5s";
  if (nanos < 1'000'000'000)
    return out + with_fraction(nanos, 6) + "ms";
  const auto minutes = nanos / 60'000'000'000;
  if (minutes >= 60)
    out += std::to_string(minutes / 60) + "h";
  if (minutes > 0)
    out += std::to_string(minutes % 60) + "m";
  return out + with_fraction(nanos % 60'000'000'000, 9) + "s";
}

} // namespace troupe::codec
