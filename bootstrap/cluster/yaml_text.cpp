#include "bootstrap/cluster/yaml_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace troupe::cluster {

namespace {

using nlohmann::json;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_plain_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9')
         || std::string_view{"-_./+=:@"}.find(c) != std::string_view::npos;
}

/// YAML 1.1 reads these, in any case, as booleans or null.
bool is_reserved(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  constexpr std::array words = {"y",     "n",  "yes", "no",  "true",
                                "false", "on", "off", "null"};
  return std::ranges::find(words, text) != words.end();
}

/// Text that starts with a letter and holds only harmless characters is no
/// number, date, alias or flow collection.
bool is_plain(const std::string& text) {
  return !text.empty() && is_letter(text.front()) && text.back() != ':'
         && std::ranges::all_of(text, is_plain_character) && !is_reserved(text);
}

std::string scalar(const json& value) {
  if (value.is_string() && is_plain(value.get_ref<const std::string&>()))
    return value.get<std::string>();
  // What is left is JSON, which is YAML: quoted texts, numbers, {} and [].
  return value.dump(-1, ' ', true, json::error_handler_t::replace);
}

bool is_block(const json& value) {
  return value.is_structured() && !value.empty();
}

void append(std::string& out, const json& value, std::size_t depth);

void append_map(std::string& out, const json& map, std::size_t depth,
                bool indent_first) {
  bool indent = indent_first;
  for (const auto& [key, value] : map.items()) {
    if (indent)
      out.append(depth, ' ');
    indent = true;
    out += scalar(key) + ":";
    if (is_block(value)) {
      out += '\n';
      append(out, value, value.is_array() ? depth : depth + 2);
    } else {
      out += " " + scalar(value) + "\n";
    }
  }
}

void append_list(std::string& out, const json& list, std::size_t depth) {
  for (const auto& item : list) {
    out.append(depth, ' ');
    out += '-';
    if (item.is_object() && !item.empty()) {
      out += ' ';
      append_map(out, item, depth + 2, false);
    } else if (is_block(item)) {
      out += '\n';
      append(out, item, depth + 2);
    } else {
      out += " " + scalar(item) + "\n";
    }
  }
}

void append(std::string& out, const json& value, std::size_t depth) {
  if (value.is_object())
    append_map(out, value, depth, true);
  else
    append_list(out, value, depth);
}

} // namespace

std::string to_yaml(const json& value) {
  if (!is_block(value))
    return scalar(value) + "\n";
  std::string out;
  append(out, value, 0);
  return out;
}

} // namespace troupe::cluster
