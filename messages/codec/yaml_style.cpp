#include "messages/codec/yaml_style.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

namespace troupe::codec {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || static_cast<unsigned char>(c) >= 0x80;
}

/// Words that stand for something other than text.
bool is_word(std::string_view text) {
  constexpr std::string_view words[] = {
      "",      "~",     "null",  "Null",  "NULL",  "y",     "Y",    "yes",
      "Yes",   "YES",   "true",  "True",  "TRUE",  "on",    "On",   "ON",
      "n",     "N",     "no",    "No",    "NO",    "off",   "Off",  "OFF",
      "false", "False", "FALSE", ".nan",  ".NaN",  ".NAN",  ".inf", ".Inf",
      ".INF",  "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF"};
  return std::ranges::find(words, text) != std::end(words);
}

std::size_t digits(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && is_digit(text[n]))
    ++n;
  return n;
}

bool is_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+'))
    text.remove_prefix(1);
  int base = 10;
  const auto prefix = text.substr(0, 2);
  if (prefix == "0x" || prefix == "0X")
    base = 16;
  else if (prefix == "0o" || prefix == "0O")
    base = 8;
  else if (prefix == "0b" || prefix == "0B")
    base = 2;
  if (base != 10)
    text.remove_prefix(2);
  else if (text.starts_with('0') && text.size() > 1)
    base = 8;
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value, base);
  constexpr std::uint64_t half = std::uint64_t{1} << 63;
  return !text.empty() && read.ec == std::errc{} && read.ptr == end
         && (!negative || value <= half);
}

bool is_real(std::string_view text) {
  const std::string whole{text};
  if (text.starts_with('-') || text.starts_with('+'))
    text.remove_prefix(1);
  const auto before = digits(text);
  text.remove_prefix(before);
  std::size_t after = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    after = digits(text);
    text.remove_prefix(after);
  }
  if (before + after == 0)
    return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+'))
      text.remove_prefix(1);
    if (digits(text) == 0)
      return false;
    text.remove_prefix(digits(text));
  }
  return text.empty() && std::isfinite(std::strtod(whole.c_str(), nullptr));
}

/// 10:30, a number to the base of 60.
bool is_base60(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+'))
    text.remove_prefix(1);
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || !is_digit(text.front()))
    return false;
  const auto all = [](std::string_view part) {
    return std::ranges::all_of(part,
                               [](char c) { return is_digit(c) || c == '_'; });
  };
  if (!all(text.substr(0, colon)))
    return false;
  text.remove_prefix(colon);
  while (text.starts_with(':')) {
    text.remove_prefix(1);
    const auto n = digits(text);
    if (n == 0 || n > 2 || (n == 2 && text.front() > '5'))
      return false;
    text.remove_prefix(n);
  }
  return text.empty() || (text.front() == '.' && all(text.substr(1)));
}

/// Takes a number of one or two digits, and what follows it.
bool take_number(std::string_view& text, char separator) {
  const auto n = digits(text);
  if (n == 0 || n > 2)
    return false;
  text.remove_prefix(n);
  if (separator == 0)
    return true;
  if (!text.starts_with(separator))
    return false;
  text.remove_prefix(1);
  return true;
}

/// 2026-01-02, with a time of day or without.
bool is_time(std::string_view text) {
  if (digits(text) != 4 || text.size() < 5 || text[4] != '-')
    return false;
  text.remove_prefix(5);
  if (!take_number(text, '-') || !take_number(text, 0))
    return false;
  if (text.empty())
    return true;
  const char between = text.front();
  text.remove_prefix(1);
  if ((between != 'T' && between != 't' && between != ' ')
      || !take_number(text, ':') || !take_number(text, ':')
      || !take_number(text, 0))
    return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    text.remove_prefix(digits(text));
  }
  if (between == ' ')
    return text.empty();
  if (text == "Z")
    return true;
  if (!text.starts_with('+') && !text.starts_with('-'))
    return false;
  text.remove_prefix(1);
  return take_number(text, ':') && take_number(text, 0) && text.empty();
}

/// Whether a reader would take it for something other than text.
bool is_ambiguous(std::string_view text) {
  if (is_word(text))
    return true;
  const char c = text.front();
  if (c == '.')
    return is_real(text);
  if (!is_digit(c) && c != '+' && c != '-')
    return false;
  std::string number{text};
  std::erase(number, '_');
  return is_time(text) || is_base60(text)
         || (!number.empty() && (is_integer(number) || is_real(number)));
}

/// What an emitter has to know of a text.
struct traits {
  bool special = false;     ///< characters that must be escaped
  bool padded = false;      ///< a blank or a break at an end
  bool ends_blank = false;  ///< a blank at the end
  bool space_break = false; ///< a line that ends with a blank
  bool indicator = false;   ///< something YAML gives a meaning

  explicit traits(std::string_view text) {
    indicator = text.starts_with("---") || text.starts_with("...");
    char before = ' ';
    for (std::size_t i = 0; i < text.size();) {
      const auto length = character_length(text.substr(i));
      look(text, i, length, before);
      before = text[i];
      i += length;
    }
  }

private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

  void look(std::string_view text, std::size_t i, std::size_t length,
            char before) {
    const char c = text[i];
    const bool first = i == 0;
    const bool last = i + length == text.size();
    const bool blank_next = last || is_blank(text[i + length]);
    special |= !is_printable(text.substr(i, length));
    if (first)
      indicator |= std::string_view{"#,[]{}&*!|>'\"%@`"}.find(c)
                       != std::string_view::npos
                   || ((c == '?' || c == ':' || c == '-') && blank_next);
    else
      indicator |= (c == ':' && blank_next) || (c == '#' && is_blank(before));
    if (c != ' ' && c != '\n')
      return;
    padded |= first || last;
    ends_blank |= last && c == ' ';
    space_break |= !first && c == '\n' && before == ' ';
  }
};

} // namespace

std::size_t character_length(std::string_view text) {
  const auto c = static_cast<unsigned char>(text.front());
  const std::size_t length = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
  return std::min(length, text.size());
}

bool is_printable(std::string_view character) {
  const auto at = [&](std::size_t i) {
    return static_cast<unsigned char>(character[i]);
  };
  if (character.size() == 1)
    return at(0) == '\n' || (at(0) >= 0x20 && at(0) <= 0x7e);
  if (at(0) == 0xc2)
    return at(1) >= 0xa0;
  if (at(0) == 0xed)
    return at(1) < 0xa0;
  if (at(0) == 0xef)
    return !(at(1) == 0xbb && at(2) == 0xbf)
           && !(at(1) == 0xbf && (at(2) == 0xbe || at(2) == 0xbf));
  return at(0) < 0xef;
}

yaml_style style_of(std::string_view text, bool key) {
  const traits has{text};
  if (text.find('\n') != std::string_view::npos)
    return key || has.ends_blank || has.space_break || has.special
               ? yaml_style::double_quoted
               : yaml_style::literal;
  if (is_ambiguous(text) || has.special)
    return yaml_style::double_quoted;
  return has.padded || has.indicator ? yaml_style::single_quoted
                                     : yaml_style::plain;
}

bool natural_less(std::string_view a, std::string_view b) {
  const auto size = std::min(a.size(), b.size());
  std::size_t i = 0;
  while (i < size && a[i] == b[i])
    ++i;
  if (i == size)
    return a.size() < b.size();
  if (is_letter(a[i]) && is_letter(b[i]))
    return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[i]);
  if (is_letter(a[i]) || is_letter(b[i]))
    return is_letter(b[i]);
  // A zero counts only inside a number.
  std::uint64_t number = 0;
  if (a[i] == '0' || b[i] == '0')
    for (auto j = i; j-- > 0 && is_digit(a[j]);)
      if (a[j] != '0') {
        number = 1;
        break;
      }
  const auto value = [&](std::string_view text) {
    auto out = number;
    for (auto j = i; j < text.size() && is_digit(text[j]); ++j)
      out = out * 10 + static_cast<std::uint64_t>(text[j] - '0');
    return out;
  };
  if (value(a) != value(b))
    return value(a) < value(b);
  const auto end = [&](std::string_view text) {
    return digits(text.substr(i));
  };
  if (end(a) != end(b))
    return end(a) < end(b);
  return a[i] < b[i];
}

} // namespace troupe::codec
