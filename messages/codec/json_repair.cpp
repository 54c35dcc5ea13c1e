#include "messages/codec/json_repair.hpp"

#include "messages/base/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace troupe::codec {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

/// The code unit of an escape like \ud83d at the front of `text`.
std::optional<std::uint32_t> escaped_unit(std::string_view text) {
  if (text.size() < 6 || text.substr(0, 2) != "\\u")
    return std::nullopt;
  std::uint32_t unit = 0;
  const auto* end = text.data() + 6;
  const auto parsed = std::from_chars(text.data() + 2, end, unit, 16);
  if (parsed.ptr != end)
    return std::nullopt;
  return unit;
}

bool is_high(std::uint32_t unit) {
  return unit >= 0xd800 && unit < 0xdc00;
}

bool is_low(std::uint32_t unit) {
  return unit >= 0xdc00 && unit < 0xe000;
}

/// Appends the escape at the front of `text`; returns its length.
std::size_t copy_escape(std::string& out, std::string_view text) {
  const auto unit = escaped_unit(text);
  if (!unit) {
    out += text.substr(0, 2);
    return std::min<std::size_t>(2, text.size());
  }
  if (is_high(*unit)) {
    const auto next = escaped_unit(text.substr(6));
    if (next && is_low(*next)) {
      out += text.substr(0, 12);
      return 12;
    }
  }
  if (is_high(*unit) || is_low(*unit))
    out += replacement;
  else
    out += text.substr(0, 6);
  return 6;
}

/// Appends the code point at the front of `text`; returns its length.
std::size_t copy_point(std::string& out, std::string_view text) {
  for (std::size_t length = 1; length <= std::min<std::size_t>(4, text.size());
       ++length) {
    if (is_utf8(text.substr(0, length))) {
      out += text.substr(0, length);
      return length;
    }
  }
  out += replacement;
  return 1;
}

/// Appends the number at the front of `text`; returns its length.
std::size_t copy_number(std::string& out, std::string_view text) {
  const auto number = text.substr(0, text.find_first_not_of("0123456789+-.eE"));
  out += number;
  std::int64_t value = 0;
  const auto* end = number.data() + number.size();
  const auto parsed = std::from_chars(number.data(), end, value);
  if (parsed.ec == std::errc::result_out_of_range && parsed.ptr == end)
    out += "e0";
  return number.size();
}

} // namespace

std::string repair_json_text(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  bool in_string = false;
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text.front());
    in_string = in_string != (c == '"');
    std::size_t length = 1;
    if (c == '\\')
      length = copy_escape(out, text);
    else if (c >= 0x80)
      length = copy_point(out, text);
    else if (!in_string && (c == '-' || (c >= '0' && c <= '9')))
      length = copy_number(out, text);
    else
      out += text.front();
    text.remove_prefix(length);
  }
  return out;
}

} // namespace troupe::codec
