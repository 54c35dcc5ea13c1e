#include "actors/gateway/http/json_layout.hpp"

#include "messages/base/json_escape.hpp"
#include "messages/codec/json.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace troupe::gateway {

namespace {

using codec::node;
using codec::node_kind;

void break_line(bytes& out, std::size_t depth) {
  out += '\n';
  out.append(depth * 2, ' ');
}

/// The octets of the string that begins at `at`, quotes included.
std::size_t string_length(bytes_view text, std::size_t at) {
  auto end = at + 1;
  while (end < text.size() && text[end] != '"')
    end += text[end] == '\\' ? 2 : 1;
  return std::min(end + 1, text.size()) - at;
}

/// Words YAML 1.1 reads as something other than text.
bool is_reserved(std::string_view text) {
  static constexpr std::array<std::string_view, 14> words = {
      "null", "true", "false", "yes", "no", "on", "off",
      "y",    "n",    "~",     "",    "=",  "<<", "nan"};
  std::string lower{text};
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return std::ranges::find(words, lower) != words.end();
}

/// Whether the text means itself without quotes: it begins with a letter and
/// holds nothing YAML gives a meaning.
bool is_plain(std::string_view text) {
  if (is_reserved(text))
    return false;
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  if (!letter(text.front()))
    return false;
  return std::ranges::all_of(text, [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'
           || c == '.' || c == '/';
  });
}

void append_text(bytes& out, std::string_view text) {
  if (is_plain(text))
    out += text;
  else
    append_json_string(out, text);
}

void append_block(bytes& out, const node& value, std::size_t depth);

void append_scalar(bytes& out, const node& value) {
  if (value.is(node_kind::string))
    append_text(out, value.string());
  else
    codec::append_json(out, value, nullptr);
}

/// What follows a `key:` or a `-`.
void append_value(bytes& out, const node& value, std::size_t depth) {
  if (value.is(node_kind::map) && !value.empty()) {
    break_line(out, depth);
    append_block(out, value, depth);
  } else if (value.is(node_kind::list) && !value.empty()) {
    break_line(out, depth);
    append_block(out, value, depth);
  } else if (value.is(node_kind::map)) {
    out += " {}";
  } else if (value.is(node_kind::list)) {
    out += " []";
  } else {
    out += ' ';
    append_scalar(out, value);
  }
}

void append_item(bytes& out, const node& value, std::size_t depth) {
  out += '-';
  if (value.empty() || value.is(node_kind::string))
    return append_value(out, value, depth + 1);
  out += ' ';
  append_block(out, value, depth + 1);
}

void append_block(bytes& out, const node& value, std::size_t depth) {
  bool first = true;
  const auto separate = [&] {
    if (!first)
      break_line(out, depth);
    first = false;
  };
  if (value.is(node_kind::map))
    for (const auto& [key, child] : value.entries()) {
      separate();
      append_text(out, key);
      out += ':';
      append_value(out, *child, child->is(node_kind::list) ? depth : depth + 1);
    }
  else if (value.is(node_kind::list))
    for (const auto* child : value.items()) {
      separate();
      append_item(out, *child, depth);
    }
  else
    append_scalar(out, value);
}

} // namespace

bytes indent_json(bytes_view compact) {
  bytes out;
  std::size_t depth = 0;
  for (std::size_t at = 0; at < compact.size(); ++at) {
    const char c = compact[at];
    if (c == '"') {
      const auto length = string_length(compact, at);
      out += compact.substr(at, length);
      at += length - 1;
    } else if (c == '{' || c == '[') {
      out += c;
      const bool empty =
          at + 1 < compact.size() && compact[at + 1] == (c == '{' ? '}' : ']');
      if (empty)
        out += compact[++at];
      else
        break_line(out, ++depth);
    } else if (c == '}' || c == ']') {
      break_line(out, --depth);
      out += c;
    } else if (c == ',') {
      out += c;
      break_line(out, depth);
    } else if (c == ':') {
      out += ": ";
    } else if (c != '\n') {
      out += c;
    }
  }
  return out;
}

result<bytes> json_to_yaml(bytes_view json) {
  codec::json_limits limits;
  limits.size_max = std::max(limits.size_max, json.size());
  limits.nodes_max = std::max(limits.nodes_max, json.size());
  auto decoded = codec::decode_json(json, nullptr, limits);
  if (!decoded)
    return decoded.error();
  bytes out;
  append_block(out, decoded->doc.root(), 0);
  out += '\n';
  return out;
}

} // namespace troupe::gateway
