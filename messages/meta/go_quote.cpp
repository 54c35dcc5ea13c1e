#include "messages/meta/go_quote.hpp"

#include "messages/base/utf8.hpp"

#include <cstdint>
#include <cstdio>

namespace troupe::meta {

namespace {

/// Length of the well-formed sequence that starts `text`; 0 if none does.
std::size_t sequence_length(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length)
    if (is_utf8(text.substr(0, length)))
      return length;
  return 0;
}

std::uint32_t code_point(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1)
    return lead;
  std::uint32_t point = lead & (0x7fu >> sequence.size());
  for (char c : sequence.substr(1))
    point = (point << 6) | (static_cast<unsigned char>(c) & 0x3fu);
  return point;
}

/// Whether a code point above ASCII shows on a screen. Spaces other than
/// U+0020, formatting marks, private use and non-characters do not.
bool is_printable(std::uint32_t point) {
  struct range {
    std::uint32_t first;
    std::uint32_t last;
  };
  constexpr range hidden[] = {
      {0x80, 0xa0},        {0xad, 0xad},     {0x600, 0x605},
      {0x61c, 0x61c},      {0x6dd, 0x6dd},   {0x70f, 0x70f},
      {0x1680, 0x1680},    {0x180e, 0x180e}, {0x2000, 0x200f},
      {0x2028, 0x202f},    {0x205f, 0x206f}, {0x3000, 0x3000},
      {0xe000, 0xf8ff},    {0xfdd0, 0xfdef}, {0xfeff, 0xfeff},
      {0xfff0, 0xfffb},    {0xfffe, 0xffff}, {0xe0000, 0xe00ff},
      {0xe01f0, 0x10ffff},
  };
  for (const auto& r : hidden)
    if (point >= r.first && point <= r.last)
      return false;
  return true;
}

/// One of \a \b \f \n \r \t \v \\ \" or 0.
char short_escape(char c) {
  switch (c) {
    case '\a':
      return 'a';
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
    case '\v':
      return 'v';
    case '\\':
    case '"':
      return c;
    default:
      return 0;
  }
}

std::string escape(const char* format, std::uint32_t value) {
  char text[16];
  std::snprintf(text, sizeof(text), format, value);
  return text;
}

std::string ascii(char c) {
  if (const char letter = short_escape(c))
    return {'\\', letter};
  const auto octet = static_cast<unsigned char>(c);
  if (octet < 0x20 || octet == 0x7f)
    return escape("\\x%02x", octet);
  return {c};
}

} // namespace

std::string go_quote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto length = sequence_length(text);
    const auto sequence = text.substr(0, length == 0 ? 1 : length);
    const auto point = length == 0 ? 0 : code_point(sequence);
    if (length == 0)
      out += escape("\\x%02x", static_cast<unsigned char>(text[0]));
    else if (length == 1)
      out += ascii(text[0]);
    else if (is_printable(point))
      out += sequence;
    else
      out += escape(point > 0xffff ? "\\U%08x" : "\\u%04x", point);
    text.remove_prefix(sequence.size());
  }
  return out + '"';
}

} // namespace troupe::meta
