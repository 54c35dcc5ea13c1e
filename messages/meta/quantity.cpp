#include "messages/meta/quantity.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace troupe::meta {

namespace {

using limbs = std::array<std::uint32_t, 12>;

/// Limbs a parsed number may fill; the rest is room for sums.
constexpr std::size_t parsed_limbs_max = 10;

/// Decimal digits between one unit and one nano unit.
constexpr int nano_digits = 9;

constexpr int exa_exponent = 18;

bool is_zero_limbs(const limbs& x) {
  return std::all_of(x.begin(), x.end(), [](auto limb) { return limb == 0; });
}

std::strong_ordering compare(const limbs& a, const limbs& b) {
  return std::lexicographical_compare_three_way(a.rbegin(), a.rend(),
                                                b.rbegin(), b.rend());
}

/// x = x * factor + term; false when it does not fit.
bool multiply_add(limbs& x, std::uint32_t factor, std::uint32_t term) {
  std::uint64_t carry = term;
  for (auto& limb : x) {
    carry += std::uint64_t{limb} * factor;
    limb = static_cast<std::uint32_t>(carry);
    carry >>= 32;
  }
  return carry == 0;
}

/// x = x / divisor; the remainder comes back.
std::uint32_t divide(limbs& x, std::uint32_t divisor) {
  std::uint64_t rest = 0;
  for (auto limb = x.rbegin(); limb != x.rend(); ++limb) {
    rest = (rest << 32) | *limb;
    *limb = static_cast<std::uint32_t>(rest / divisor);
    rest %= divisor;
  }
  return static_cast<std::uint32_t>(rest);
}

/// x = x / base^steps, rounded up.
void divide_up(limbs& x, std::uint32_t base, int steps) {
  bool inexact = false;
  for (int i = 0; i < steps; ++i)
    inexact |= divide(x, base) != 0;
  if (inexact)
    multiply_add(x, 1, 1);
}

bool multiply_power(limbs& x, std::uint32_t base, int steps) {
  for (int i = 0; i < steps; ++i)
    if (!multiply_add(x, base, 0))
      return false;
  return true;
}

/// Takes factors of `base` out of x, at most `steps_max`; says how many.
int remove_factors(limbs& x, std::uint32_t base, int steps_max) {
  int steps = 0;
  for (; steps < steps_max; ++steps) {
    auto smaller = x;
    if (divide(smaller, base) != 0)
      break;
    x = smaller;
  }
  return steps;
}

limbs from_u64(std::uint64_t value) {
  return {static_cast<std::uint32_t>(value),
          static_cast<std::uint32_t>(value >> 32)};
}

limbs add(const limbs& a, const limbs& b) {
  limbs sum{};
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    carry += std::uint64_t{a[i]} + b[i];
    sum[i] = static_cast<std::uint32_t>(carry);
    carry >>= 32;
  }
  TROUPE_CHECK(carry == 0, "sums of quantities stay inside the magnitude");
  return sum;
}

/// Requires a >= b.
limbs subtract(const limbs& a, const limbs& b) {
  limbs difference{};
  std::int64_t borrow = 0;
  for (std::size_t i = 0; i < difference.size(); ++i) {
    borrow += std::int64_t{a[i]} - b[i];
    difference[i] = static_cast<std::uint32_t>(borrow);
    borrow >>= 32;
  }
  TROUPE_CHECK(borrow == 0, "the smaller magnitude is subtracted");
  return difference;
}

std::string decimal(limbs x) {
  if (is_zero_limbs(x))
    return "0";
  std::string digits;
  while (!is_zero_limbs(x))
    digits += static_cast<char>('0' + divide(x, 10));
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::uint64_t magnitude_of(std::int64_t value) {
  return value < 0 ? 0 - static_cast<std::uint64_t>(value)
                   : static_cast<std::uint64_t>(value);
}

struct suffix {
  std::string_view text;
  std::uint32_t base;
  int exponent;
};

constexpr suffix suffixes[] = {
    {"", 10, 0},   {"n", 10, -9}, {"u", 10, -6}, {"m", 10, -3},
    {"k", 10, 3},  {"M", 10, 6},  {"G", 10, 9},  {"T", 10, 12},
    {"P", 10, 15}, {"E", 10, 18}, {"Ki", 2, 10}, {"Mi", 2, 20},
    {"Gi", 2, 30}, {"Ti", 2, 40}, {"Pi", 2, 50}, {"Ei", 2, 60},
};

std::string_view suffix_of(std::uint32_t base, int exponent) {
  for (const auto& candidate : suffixes)
    if (candidate.base == base && candidate.exponent == exponent)
      return candidate.text;
  return {};
}

struct scale {
  std::uint32_t base;
  int exponent;
  quantity_format format;
};

/// The exponent behind 'e' or 'E'. One that no number of ours can carry is
/// clamped: what remains of it overflows or rounds to 1n all the same.
std::optional<int> parse_exponent(std::string_view text) {
  constexpr std::int64_t exponent_max = 1000;
  if (text.size() > 1 && text[0] == '+' && text[1] != '-')
    text.remove_prefix(1);
  std::int64_t exponent = 0;
  auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (failure != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return static_cast<int>(std::clamp(exponent, -exponent_max, exponent_max));
}

std::optional<scale> interpret(std::string_view text) {
  for (const auto& known : suffixes)
    if (known.text == text)
      return scale{known.base, known.exponent,
                   known.base == 2 ? quantity_format::binary_si
                                   : quantity_format::decimal_si};
  if (text.size() > 1 && (text[0] == 'e' || text[0] == 'E'))
    if (auto exponent = parse_exponent(text.substr(1)))
      return scale{10, *exponent, quantity_format::decimal_exponent};
  return std::nullopt;
}

struct parts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  std::string_view suffix;
};

std::string_view take_while(std::string_view& text, std::string_view set) {
  const auto length = std::min(text.find_first_not_of(set), text.size());
  const auto taken = text.substr(0, length);
  text.remove_prefix(length);
  return taken;
}

/// Splits `[+-]digits[.digits]suffix`; digits may be missing on both sides of
/// the point, as upstream allows.
std::optional<parts> split(std::string_view text) {
  constexpr std::string_view digits = "0123456789";
  parts found;
  if (text.starts_with('-') || text.starts_with('+')) {
    found.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  found.whole = take_while(text, digits);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    found.fraction = take_while(text, digits);
  }
  found.suffix = text;
  take_while(text, "eEinumkKMGTP");
  if (text.starts_with('-') || text.starts_with('+'))
    text.remove_prefix(1);
  take_while(text, digits);
  if (!text.empty())
    return std::nullopt;
  return found;
}

/// whole.fraction * base^exponent in nano units, rounded up; none when the
/// number is out of bounds.
std::optional<limbs> to_nanos(const parts& found, const scale& by) {
  limbs nanos{};
  for (auto digits : {found.whole, found.fraction})
    for (char digit : digits)
      multiply_add(nanos, 10, static_cast<std::uint32_t>(digit - '0'));
  if (is_zero_limbs(nanos))
    return nanos;
  const int shift = nano_digits - static_cast<int>(found.fraction.size())
                    + (by.base == 10 ? by.exponent : 0);
  if (by.base == 2 && !multiply_power(nanos, 2, by.exponent))
    return std::nullopt;
  if (!multiply_power(nanos, 10, std::max(shift, 0)))
    return std::nullopt;
  divide_up(nanos, 10, std::max(-shift, 0));
  if (std::any_of(nanos.begin() + parsed_limbs_max, nanos.end(),
                  [](auto limb) { return limb != 0; }))
    return std::nullopt;
  return nanos;
}

limbs int64_max_nanos() {
  auto most = from_u64(std::numeric_limits<std::int64_t>::max());
  multiply_power(most, 10, nano_digits);
  return most;
}

error bad_format() {
  return {errc::invalid_argument,
          "quantities must match the regular expression "
          "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"};
}

/// Canonical decimal notation of a magnitude that is not zero.
std::string decimal_text(limbs nanos, quantity_format format) {
  const bool si = format == quantity_format::decimal_si;
  int exponent = -nano_digits;
  exponent += remove_factors(nanos, 10, si ? exa_exponent + nano_digits : 400);
  while (exponent % 3 != 0) {
    multiply_add(nanos, 10, 0);
    --exponent;
  }
  if (si)
    return decimal(nanos) + std::string{suffix_of(10, exponent)};
  return decimal(nanos) + (exponent == 0 ? "" : "e" + std::to_string(exponent));
}

/// Binary notation, or none when it would be below 1Ki or not whole.
std::optional<std::string> binary_text(limbs nanos) {
  if (remove_factors(nanos, 10, nano_digits) != nano_digits)
    return std::nullopt;
  if (compare(nanos, from_u64(1024)) < 0)
    return std::nullopt;
  const int steps = remove_factors(nanos, 1024, 6);
  return decimal(nanos) + std::string{suffix_of(2, steps * 10)};
}

} // namespace

quantity::quantity(magnitude nanos, bool negative, quantity_format format)
    : nanos_{nanos}, negative_{negative && !is_zero_limbs(nanos)},
      format_{format} {}

result<quantity> quantity::parse(std::string_view text) {
  if (text.size() > text_max)
    return error{errc::too_large, "quantities must be no longer than "
                                      + std::to_string(text_max)
                                      + " characters"};
  const auto found = text.empty() ? std::nullopt : split(text);
  if (!found)
    return bad_format();
  const auto by = interpret(found->suffix);
  if (!by)
    return error{errc::invalid_argument, "unable to parse quantity's suffix"};
  auto nanos = to_nanos(*found, *by);
  if (!nanos)
    return error{errc::invalid_argument,
                 "unable to parse numeric part of quantity"};
  if (by->base == 2)
    *nanos =
        std::min(*nanos, int64_max_nanos(), [](const limbs& a, const limbs& b) {
          return compare(a, b) < 0;
        });
  return quantity{*nanos, found->negative, by->format};
}

quantity quantity::of(std::int64_t value, quantity_format format) {
  auto nanos = from_u64(magnitude_of(value));
  multiply_power(nanos, 10, nano_digits);
  return {nanos, value < 0, format};
}

quantity quantity::of_milli(std::int64_t value, quantity_format format) {
  auto nanos = from_u64(magnitude_of(value));
  multiply_power(nanos, 10, nano_digits - 3);
  return {nanos, value < 0, format};
}

std::string quantity::text() const {
  if (is_zero())
    return "0";
  const std::string sign = negative_ ? "-" : "";
  if (format_ == quantity_format::binary_si) {
    if (auto binary = binary_text(nanos_))
      return sign + *binary;
    return sign + decimal_text(nanos_, quantity_format::decimal_si);
  }
  return sign + decimal_text(nanos_, format_);
}

bool quantity::is_zero() const noexcept {
  return is_zero_limbs(nanos_);
}

int quantity::sign() const noexcept {
  if (is_zero())
    return 0;
  return negative_ ? -1 : 1;
}

std::int64_t quantity::value() const {
  return scaled(nano_digits);
}

std::int64_t quantity::milli_value() const {
  return scaled(nano_digits - 3);
}

std::int64_t quantity::scaled(int digits) const {
  auto whole = nanos_;
  divide_up(whole, 10, digits);
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  if (compare(whole, from_u64(most)) > 0)
    return negative_ ? std::numeric_limits<std::int64_t>::min() : most;
  const auto value =
      static_cast<std::int64_t>((std::uint64_t{whole[1]} << 32) | whole[0]);
  return negative_ ? -value : value;
}

quantity quantity::rounded_up(int scale) const {
  TROUPE_CHECK(scale >= -nano_digits && scale <= 0,
               "quantities round between nano and whole units");
  auto nanos = nanos_;
  divide_up(nanos, 10, nano_digits + scale);
  multiply_power(nanos, 10, nano_digits + scale);
  return {nanos, negative_, format_};
}

quantity quantity::operator-() const {
  return {nanos_, !negative_, format_};
}

quantity operator+(const quantity& a, const quantity& b) {
  const auto format = a.is_zero() ? b.format_ : a.format_;
  if (a.negative_ == b.negative_)
    return {add(a.nanos_, b.nanos_), a.negative_, format};
  if (compare(a.nanos_, b.nanos_) >= 0)
    return {subtract(a.nanos_, b.nanos_), a.negative_, format};
  return {subtract(b.nanos_, a.nanos_), b.negative_, format};
}

quantity operator-(const quantity& a, const quantity& b) {
  return a + -b;
}

std::strong_ordering operator<=>(const quantity& a, const quantity& b) {
  if (a.sign() != b.sign())
    return a.sign() <=> b.sign();
  return a.negative_ ? compare(b.nanos_, a.nanos_)
                     : compare(a.nanos_, b.nanos_);
}

bool operator==(const quantity& a, const quantity& b) {
  return (a <=> b) == 0;
}

result<std::string> canonical_quantity(std::string_view text) {
  auto parsed = quantity::parse(text);
  if (!parsed)
    return parsed.error();
  return parsed->text();
}

} // namespace troupe::meta
