#include "messages/codec/openapi/json_writer.hpp"

namespace troupe::codec::openapi {

namespace {

void append_escaped(std::string& out, char c) {
  static constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    default:
      break;
  }
  auto octet = static_cast<unsigned char>(c);
  if (octet >= 0x20) {
    out += c;
    return;
  }
  out += "\\u00";
  out += digits[octet >> 4];
  out += digits[octet & 0xf];
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (auto c : text)
    append_escaped(out, c);
  out += '"';
}

} // namespace

void json_writer::separate() {
  if (needs_comma_)
    out_ += ',';
  needs_comma_ = true;
}

void json_writer::open(char bracket) {
  separate();
  out_ += bracket;
  needs_comma_ = false;
}

void json_writer::close(char bracket) {
  out_ += bracket;
  needs_comma_ = true;
}

void json_writer::key(std::string_view name) {
  separate();
  append_string(out_, name);
  out_ += ':';
  needs_comma_ = false;
}

void json_writer::string(std::string_view value) {
  separate();
  append_string(out_, value);
}

void json_writer::raw(std::string_view json) {
  separate();
  out_ += json;
}

} // namespace troupe::codec::openapi
