#include "messages/schema/gen/spelling.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace troupe::schema::gen {

namespace {

/// Names by enumerator value.
constexpr std::string_view value_types[] = {
    "boolean",  "int32",    "int64",         "real", "string",
    "bytes",    "quantity", "int_or_string", "time", "micro_time",
    "duration", "object",   "json"};
constexpr std::string_view cardinalities[] = {"one", "list", "map"};
constexpr std::string_view patch_strategies[] = {
    "replace", "merge", "retain_keys", "merge_retain_keys"};
constexpr std::string_view list_types[] = {"unset", "atomic", "set", "map"};
constexpr std::string_view map_types[] = {"unset", "atomic", "granular"};

template <class Enum>
bool find(std::string_view text, std::span<const std::string_view> names,
          Enum& to) {
  auto at = std::find(names.begin(), names.end(), text);
  if (at == names.end())
    return false;
  to = static_cast<Enum>(at - names.begin());
  return true;
}

template <class Enum>
std::string cpp_name(std::string_view type, Enum value,
                     std::span<const std::string_view> names) {
  std::string result{type};
  result += "::";
  result += names[static_cast<std::size_t>(value)];
  return result;
}

std::string join(std::span<const std::string_view> names) {
  std::string result{names.front()};
  for (std::size_t i = 1; i < names.size(); ++i) {
    result += i + 1 == names.size() ? " or " : ", ";
    result += names[i];
  }
  return result;
}

constexpr auto keywords = std::to_array<std::string_view>(
    {"and",     "auto",     "bool",     "break",    "case",     "catch",
     "char",    "class",    "const",    "continue", "default",  "delete",
     "do",      "double",   "else",     "enum",     "explicit", "export",
     "extern",  "false",    "float",    "for",      "friend",   "goto",
     "if",      "inline",   "int",      "long",     "mutable",  "namespace",
     "new",     "not",      "operator", "or",       "private",  "protected",
     "public",  "register", "return",   "short",    "signed",   "sizeof",
     "static",  "struct",   "switch",   "template", "this",     "throw",
     "true",    "try",      "typedef",  "union",    "unsigned", "using",
     "virtual", "void",     "volatile", "while",    "xor"});

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Whether the `s` at `at` is the plural of an abbreviation: `CIDRs`.
bool is_plural(std::string_view name, std::size_t at) {
  return name[at] == 's'
         && (at + 1 == name.size() || !is_lower_or_digit(name[at + 1]));
}

/// Whether a new word starts with the capital at `at`.
bool starts_word(std::string_view name, std::size_t at) {
  if (at == 0 || !is_upper(name[at]))
    return false;
  if (is_lower_or_digit(name[at - 1]))
    return true;
  return at + 1 < name.size() && is_lower_or_digit(name[at + 1])
         && name[at + 1] >= 'a' && !is_plural(name, at + 1);
}

} // namespace

bool from_text(std::string_view text, value_type& to) {
  return find(text, value_types, to);
}

bool from_text(std::string_view text, patch_strategy& to) {
  return find(text, patch_strategies, to);
}

bool from_text(std::string_view text, list_type& to) {
  return find(text, list_types, to);
}

bool from_text(std::string_view text, map_type& to) {
  return find(text, map_types, to);
}

std::string to_cpp(value_type value) {
  return cpp_name("value_type", value, value_types);
}

std::string to_cpp(cardinality value) {
  return cpp_name("cardinality", value, cardinalities);
}

std::string to_cpp(patch_strategy value) {
  return cpp_name("patch_strategy", value, patch_strategies);
}

std::string to_cpp(list_type value) {
  return cpp_name("list_type", value, list_types);
}

std::string to_cpp(map_type value) {
  return cpp_name("map_type", value, map_types);
}

std::string choices(patch_strategy) {
  return join(patch_strategies);
}

std::string choices(list_type) {
  return join(list_types);
}

std::string choices(map_type) {
  return join(map_types);
}

std::string quoted(std::string_view text) {
  std::string result{"\""};
  for (auto c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    result += c;
  }
  return result + "\"sv";
}

std::string snake_case(std::string_view name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    auto c = name[i];
    if (is_upper(c)) {
      if (starts_word(name, i) && !result.empty() && result.back() != '_')
        result += '_';
      result += static_cast<char>(c - 'A' + 'a');
    } else if (is_lower_or_digit(c)) {
      result += c;
    } else if (!result.empty()) {
      result += '_';
    }
  }
  if (std::find(keywords.begin(), keywords.end(), result) != keywords.end())
    result += '_';
  return result;
}

std::string group_version_id(std::string_view group, std::string_view version) {
  std::string result{group.empty() ? "core" : group.substr(0, group.find('.'))};
  result += '_';
  result += version;
  return result;
}

} // namespace troupe::schema::gen
