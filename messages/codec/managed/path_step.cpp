#include "messages/codec/json.hpp"
#include "messages/codec/managed/field_set.hpp"
#include "messages/meta/field_error.hpp"

#include <algorithm>

namespace troupe::codec {

path_step field_step(std::string_view name) {
  path_step step{"f:"};
  step += name;
  return step;
}

path_step index_step(std::size_t index) {
  return "i:" + std::to_string(index);
}

path_step value_step(const node& value) {
  path_step step{"v:"};
  append_json(step, value, nullptr);
  return step;
}

path_step key_step(std::vector<key_part> parts) {
  document key;
  key.root(*key.make_map());
  for (auto& [name, value] : parts)
    key.set(key.root(), name, key.clone(*value));
  path_step step{"k:"};
  append_json(step, key.root(), nullptr);
  return step;
}

namespace {

error malformed(std::string_view text) {
  return {errc::invalid_argument,
          "malformed path element " + meta::quoted(text)};
}

bool is_index(std::string_view text) {
  return !text.empty() && text.size() <= 10
         && std::ranges::all_of(text,
                                [](char c) { return c >= '0' && c <= '9'; });
}

void print_key(std::string& out, const node& key) {
  out += '[';
  for (auto& [name, value] : key.entries()) {
    if (out.back() != '[')
      out += ',';
    out += name;
    out += '=';
    append_json(out, *value, nullptr);
  }
  out += ']';
}

} // namespace

result<path_step> parse_step(std::string_view text) {
  if (text.starts_with("f:"))
    return path_step{text};
  if (text.size() < 3 || text[1] != ':')
    return malformed(text);
  auto rest = text.substr(2);
  if (text[0] == 'i')
    return is_index(rest) ? result<path_step>{path_step{text}}
                          : malformed(text);
  if (text[0] != 'k' && text[0] != 'v')
    return malformed(text);
  auto value = decode_json(rest, nullptr);
  if (!value)
    return malformed(text);
  auto& root = value->doc.root();
  if (text[0] == 'k' && !root.is(node_kind::map))
    return malformed(text);
  path_step step{text.substr(0, 2)};
  append_json(step, root, nullptr);
  return step;
}

std::string step_text(const path_step& step) {
  auto rest = std::string_view{step}.substr(2);
  if (step[0] == 'f')
    return "." + std::string{rest};
  if (step[0] == 'i')
    return "[" + std::string{rest} + "]";
  std::string text;
  if (step[0] == 'v')
    return text.append("[=").append(rest).append("]");
  auto key = decode_json(rest, nullptr);
  TROUPE_CHECK(key.has_value(), "a key step holds a JSON object");
  print_key(text, key->doc.root());
  return text;
}

std::string to_string(const field_path& path) {
  std::string text;
  for (auto& step : path)
    text += step_text(step);
  return text;
}

} // namespace troupe::codec
