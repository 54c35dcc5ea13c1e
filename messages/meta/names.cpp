#include "messages/meta/names.hpp"

#include <algorithm>
#include <cstdio>
#include <initializer_list>

namespace troupe::meta {

namespace {

/// ASCII only, whatever the locale.
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_alnum(char c) {
  return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z');
}

bool is_lower_alnum(char c) {
  return is_lower(c) || is_digit(c);
}

bool matches_label(std::string_view value) {
  return !value.empty() && is_lower_alnum(value.front())
         && is_lower_alnum(value.back())
         && std::all_of(value.begin(), value.end(),
                        [](char c) { return is_lower_alnum(c) || c == '-'; });
}

bool matches_underscored_label(std::string_view value) {
  if (value.starts_with('_'))
    value.remove_prefix(1);
  return !value.empty() && is_lower_alnum(value.front())
         && is_lower_alnum(value.back())
         && std::all_of(value.begin(), value.end(), [](char c) {
              return is_lower_alnum(c) || c == '-' || c == '_';
            });
}

bool matches_subdomain(std::string_view value,
                       bool (*matches)(std::string_view) = matches_label) {
  for (;;) {
    const auto dot = value.find('.');
    if (!matches(value.substr(0, dot)))
      return false;
    if (dot == std::string_view::npos)
      return true;
    value.remove_prefix(dot + 1);
  }
}

/// The name part of a qualified name, or a label value that is not empty.
bool matches_name(std::string_view value) {
  return !value.empty() && is_alnum(value.front()) && is_alnum(value.back())
         && std::all_of(value.begin(), value.end(), [](char c) {
              return is_alnum(c) || c == '-' || c == '_' || c == '.';
            });
}

std::string length_complaint(std::size_t length_max) {
  return "must be no more than " + std::to_string(length_max) + " bytes";
}

/// "<rule> (e.g. 'a',  or 'b', regex used for validation is '<regex>')".
std::string
pattern_complaint(std::string_view rule, std::string_view regex,
                  std::initializer_list<std::string_view> examples) {
  std::string out{rule};
  out += " (e.g. ";
  for (auto example = examples.begin(); example != examples.end(); ++example) {
    if (example != examples.begin())
      out += " or ";
    out.append("'").append(*example).append("', ");
  }
  out.append("regex used for validation is '").append(regex).append("')");
  return out;
}

std::string label_complaint() {
  return pattern_complaint(
      "a lowercase RFC 1123 label must consist of lower case alphanumeric "
      "characters or '-', and must start and end with an alphanumeric "
      "character",
      "[a-z0-9]([-a-z0-9]*[a-z0-9])?", {"my-name", "123-abc"});
}

std::string qualified_name_complaint() {
  return pattern_complaint("must consist of alphanumeric characters, '-', '_' "
                           "or '.', and must start "
                           "and end with an alphanumeric character",
                           "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]",
                           {"MyName", "my.name", "123-abc"});
}

/// A generated name goes on after a dash; a valid letter stands in for it.
std::string mask_trailing_dash(std::string_view value) {
  std::string name{value};
  if (name.size() > 1 && name.ends_with('-'))
    name[name.size() - 2] = 'a';
  if (name.size() > 1 && name.ends_with('-'))
    name.pop_back();
  return name;
}

} // namespace

complaints check_dns1123_label(std::string_view value) {
  complaints found;
  if (value.size() > dns_label_length_max)
    found.push_back(length_complaint(dns_label_length_max));
  if (matches_label(value))
    return found;
  found.push_back(matches_subdomain(value) ? "must not contain dots"
                                           : label_complaint());
  return found;
}

complaints check_dns1123_subdomain(std::string_view value) {
  complaints found;
  if (value.size() > dns_subdomain_length_max)
    found.push_back(length_complaint(dns_subdomain_length_max));
  if (!matches_subdomain(value))
    found.push_back(pattern_complaint(
        "a lowercase RFC 1123 subdomain must consist of lower case "
        "alphanumeric "
        "characters, '-' or '.', and must start and end with an alphanumeric "
        "character",
        "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
        {"example.com"}));
  return found;
}

complaints check_dns1123_underscored(std::string_view value) {
  complaints found;
  if (value.size() > dns_subdomain_length_max)
    found.push_back(length_complaint(dns_subdomain_length_max));
  if (!matches_subdomain(value, matches_underscored_label))
    found.push_back(pattern_complaint(
        "a lowercase RFC 1123 subdomain must consist of lower case "
        "alphanumeric characters, '_', '-' or '.', and must start and end with "
        "an alphanumeric character",
        "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
        "(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*",
        {"example.com"}));
  return found;
}

complaints check_dns1035_label(std::string_view value) {
  complaints found;
  if (value.size() > dns_label_length_max)
    found.push_back(length_complaint(dns_label_length_max));
  if (!matches_label(value) || !is_lower(value.front()))
    found.push_back(pattern_complaint(
        "a DNS-1035 label must consist of lower case alphanumeric characters "
        "or "
        "'-', start with an alphabetic character, and end with an alphanumeric "
        "character",
        "[a-z]([-a-z0-9]*[a-z0-9])?", {"my-name", "abc-123"}));
  return found;
}

complaints check_qualified_name(std::string_view value) {
  complaints found;
  auto name = value;
  if (const auto slash = value.find('/'); slash != std::string_view::npos) {
    const auto prefix = value.substr(0, slash);
    name = value.substr(slash + 1);
    if (name.find('/') != std::string_view::npos)
      return {"a qualified name " + qualified_name_complaint()
              + " with an optional DNS subdomain prefix and '/' (e.g. "
                "'example.com/MyName')"};
    if (prefix.empty())
      found.push_back("prefix part must be non-empty");
    else
      for (const auto& complaint : check_dns1123_subdomain(prefix))
        found.push_back("prefix part " + complaint);
  }
  if (name.empty())
    found.push_back("name part must be non-empty");
  else if (name.size() > qualified_name_length_max)
    found.push_back("name part " + length_complaint(qualified_name_length_max));
  if (!matches_name(name))
    found.push_back("name part " + qualified_name_complaint());
  return found;
}

complaints check_label_value(std::string_view value) {
  complaints found;
  if (value.size() > label_value_length_max)
    found.push_back(length_complaint(label_value_length_max));
  if (!value.empty() && !matches_name(value))
    found.push_back(pattern_complaint(
        "a valid label must be an empty string or consist of alphanumeric "
        "characters, '-', '_' or '.', and must start and end with an "
        "alphanumeric character",
        "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
        {"MyValue", "my_value", "12345"}));
  return found;
}

complaints check_path_segment_name(std::string_view value) {
  if (value == "." || value == "..")
    return {"may not be '" + std::string{value} + "'"};
  return check_path_name(value, true);
}

complaints check_config_map_key(std::string_view value) {
  complaints found;
  if (value.size() > config_map_key_length_max)
    found.push_back(length_complaint(config_map_key_length_max));
  if (value.empty() || !std::all_of(value.begin(), value.end(), [](char c) {
        return is_alnum(c) || c == '-' || c == '_' || c == '.';
      }))
    found.push_back(pattern_complaint(
        "a valid config key must consist of alphanumeric characters, '-', '_' "
        "or '.'",
        "[-._a-zA-Z0-9]+", {"key.name", "KEY_NAME", "key-name"}));
  if (value == "." || value == "..")
    found.push_back("must not be '" + std::string{value} + "'");
  else if (value.starts_with(".."))
    found.push_back("must not start with '..'");
  return found;
}

complaints check_label_name(std::string_view value, bool prefix) {
  return check_dns1123_label(prefix ? mask_trailing_dash(value)
                                    : std::string{value});
}

complaints check_subdomain_name(std::string_view value, bool prefix) {
  return check_dns1123_subdomain(prefix ? mask_trailing_dash(value)
                                        : std::string{value});
}

complaints check_dns1035_name(std::string_view value, bool prefix) {
  return check_dns1035_label(prefix ? mask_trailing_dash(value)
                                    : std::string{value});
}

complaints check_path_name(std::string_view value, bool prefix) {
  if (!prefix)
    return check_path_segment_name(value);
  complaints found;
  for (char bad : {'/', '%'})
    if (value.find(bad) != std::string_view::npos)
      found.push_back("may not contain '" + std::string{bad} + "'");
  return found;
}

std::string generate_name(std::string_view base, std::uint64_t random) {
  constexpr std::size_t base_length_max = 58;
  constexpr std::size_t suffix_length = 5;
  // No vowels and no digits that look like letters: nothing rude, nothing
  // misread.
  constexpr std::string_view alphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::string name{base.substr(0, base_length_max)};
  for (std::size_t i = 0; i < suffix_length; ++i) {
    name += alphabet[random % alphabet.size()];
    random /= alphabet.size();
  }
  return name;
}

std::string uuid_text(std::array<std::uint8_t, 16> random) {
  random[6] = static_cast<std::uint8_t>((random[6] & 0x0f) | 0x40);
  random[8] = static_cast<std::uint8_t>((random[8] & 0x3f) | 0x80);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < random.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      text += '-';
    text += digits[random[i] >> 4];
    text += digits[random[i] & 0xf];
  }
  return text;
}

} // namespace troupe::meta
