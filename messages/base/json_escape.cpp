#include "messages/base/json_escape.hpp"

#include "messages/base/utf8.hpp"

#include <cstdio>

namespace troupe {

namespace {

constexpr unsigned char first_multibyte = 0x80;

/// The letter behind a backslash, or 0.
char short_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

void append_ascii(std::string& out, char c) {
  const auto octet = static_cast<unsigned char>(c);
  if (const char letter = short_escape(c)) {
    out += '\\';
    out += letter;
  } else if (octet < ' ' || c == '<' || c == '>' || c == '&') {
    char escape[8];
    std::snprintf(escape, sizeof(escape), "\\u%04x", octet);
    out += escape;
  } else {
    out += c;
  }
}

/// Appends the sequence that starts `text`; says how many octets it took.
std::size_t append_multibyte(std::string& out, std::string_view text) {
  for (std::size_t length = 2; length <= 4 && length <= text.size(); ++length) {
    const auto sequence = text.substr(0, length);
    if (!is_utf8(sequence))
      continue;
    // JavaScript ends lines at these two.
    if (sequence == "\u2028")
      out += "\\u2028";
    else if (sequence == "\u2029")
      out += "\\u2029";
    else
      out += sequence;
    return length;
  }
  out += "\\ufffd";
  return 1;
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    std::size_t taken = 1;
    if (static_cast<unsigned char>(text[0]) < first_multibyte)
      append_ascii(out, text[0]);
    else
      taken = append_multibyte(out, text);
    text.remove_prefix(taken);
  }
  out += '"';
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

} // namespace troupe
