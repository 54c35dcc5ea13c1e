#include "messages/codec/yaml_scalar.hpp"

#include "messages/codec/scalars.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace troupe::codec {

namespace {

constexpr std::array<std::string_view, 5> nulls{"", "~", "null", "Null",
                                                "NULL"};
constexpr std::array<std::string_view, 11> trues{
    "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"};
constexpr std::array<std::string_view, 11> falses{
    "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"};

template <std::size_t N>
bool any_of(const std::array<std::string_view, N>& words,
            std::string_view text) {
  return std::ranges::find(words, text) != words.end();
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Longest number read as such; anything longer is text.
constexpr std::size_t number_size_max = 128;

/// The base a prefix announces, which is cut off; a bare 0 means octal.
int take_base(std::string_view& digits) {
  if (digits.size() < 2 || digits[0] != '0')
    return 10;
  switch (digits[1]) {
    case 'x':
    case 'X':
      digits.remove_prefix(2);
      return 16;
    case 'b':
    case 'B':
      digits.remove_prefix(2);
      return 2;
    case 'o':
    case 'O':
      digits.remove_prefix(2);
      return 8;
    default:
      digits.remove_prefix(1);
      return 8;
  }
}

struct whole_number {
  std::uint64_t magnitude;
  bool negative;
};

std::optional<whole_number> parse_whole(std::string_view text) {
  whole_number out{0, text.front() == '-'};
  if (text.front() == '-' || text.front() == '+')
    text.remove_prefix(1);
  if (text.empty())
    return std::nullopt;
  const auto base = take_base(text);
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, out.magnitude, base);
  if (parsed.ec != std::errc{} || parsed.ptr != end)
    return std::nullopt;
  return out;
}

std::size_t count_digits(std::string_view text) {
  const auto end = std::ranges::find_if_not(text, is_digit);
  return static_cast<std::size_t>(end - text.begin());
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool has_real_form(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+'))
    text.remove_prefix(1);
  const auto whole = count_digits(text);
  text.remove_prefix(whole);
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    const auto fraction = count_digits(text);
    if (whole + fraction == 0)
      return false;
    text.remove_prefix(fraction);
  } else if (whole == 0) {
    return false;
  }
  if (text.empty())
    return true;
  if (text.front() != 'e' && text.front() != 'E')
    return false;
  text.remove_prefix(1);
  if (!text.empty() && (text.front() == '-' || text.front() == '+'))
    text.remove_prefix(1);
  return !text.empty() && count_digits(text) == text.size();
}

std::optional<double> parse_real(std::string_view text) {
  if (!has_real_form(text))
    return std::nullopt;
  if (text.front() == '+')
    text.remove_prefix(1);
  double value = 0;
  const auto parsed =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{})
    return std::nullopt;
  return value;
}

std::optional<double> special_real(std::string_view text) {
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  constexpr std::array<std::string_view, 6> positive{".inf",  ".Inf",  ".INF",
                                                     "+.inf", "+.Inf", "+.INF"};
  constexpr std::array<std::string_view, 3> negative{"-.inf", "-.Inf", "-.INF"};
  constexpr std::array<std::string_view, 3> nan{".nan", ".NaN", ".NAN"};
  if (any_of(positive, text))
    return infinity;
  if (any_of(negative, text))
    return -infinity;
  if (any_of(nan, text))
    return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

node* make_whole(document& doc, whole_number number) {
  constexpr auto limit = std::uint64_t{1} << 63;
  if (number.negative && number.magnitude <= limit)
    return doc.make_integer(static_cast<std::int64_t>(0 - number.magnitude));
  if (!number.negative && number.magnitude < limit)
    return doc.make_integer(static_cast<std::int64_t>(number.magnitude));
  const auto real = static_cast<double>(number.magnitude);
  return doc.make_real(number.negative ? -real : real);
}

} // namespace

node* make_plain_scalar(document& doc, std::string_view text) {
  if (any_of(nulls, text))
    return doc.make_null();
  const auto lead = text.front();
  if (is_digit(lead) || lead == '+' || lead == '-' || lead == '.') {
    if (text.size() > number_size_max)
      return doc.make_string(text);
    if (const auto real = special_real(text))
      return doc.make_real(*real);
    std::string digits{text};
    std::erase(digits, '_');
    if (const auto number = parse_whole(digits))
      return make_whole(doc, *number);
    if (const auto real = parse_real(digits))
      return doc.make_real(*real);
    return doc.make_string(text);
  }
  if (any_of(trues, text))
    return doc.make_boolean(true);
  if (any_of(falses, text))
    return doc.make_boolean(false);
  return doc.make_string(text);
}

bool append_key_text(std::string& out, const node& scalar) {
  switch (scalar.kind()) {
    case node_kind::string:
      out += scalar.string();
      return true;
    case node_kind::boolean:
      out += scalar.boolean() ? "true" : "false";
      return true;
    case node_kind::integer:
      out += std::to_string(scalar.integer());
      return true;
    case node_kind::real:
      append_real(out, scalar.real());
      return std::isfinite(scalar.real());
    default:
      return false;
  }
}

} // namespace troupe::codec
