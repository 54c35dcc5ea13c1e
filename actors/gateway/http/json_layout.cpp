#include "actors/gateway/http/json_layout.hpp"

#include "messages/codec/json.hpp"
#include "messages/codec/yaml_encode.hpp"

#include <algorithm>
#include <string>

namespace troupe::gateway {

namespace {

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
  return codec::encode_yaml(decoded->doc.root());
}

} // namespace troupe::gateway
