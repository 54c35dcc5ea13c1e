#include "messages/codec/validate/texts.hpp"

#include "messages/base/ip.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

constexpr std::int64_t port_max = 65535;
constexpr std::size_t port_name_length_max = 15;
constexpr std::int64_t file_mode_max = 0777;

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_alnum(char c) {
  return is_letter(c) || is_digit(c) || (c >= 'A' && c <= 'Z');
}

void check_requirement(view::meta_v1::label_selector_requirement wanted,
                       const spot& here) {
  const auto op = wanted.operator_();
  const auto values = here.child("values");
  if (op == "In" || op == "NotIn") {
    if (wanted.values().empty())
      values.required("must be specified when `operator` is 'In' or 'NotIn'");
  } else if (op == "Exists" || op == "DoesNotExist") {
    if (!wanted.values().empty())
      values.forbidden("may not be specified when `operator` is 'Exists' or "
                       "'DoesNotExist'");
  } else {
    here.child("operator").invalid(op, "not a valid selector operator");
  }
  here.child("key").complain(wanted.key(),
                             meta::check_qualified_name(wanted.key()));
  each_item(values, wanted.values(), [](auto value, const spot& at) {
    at.complain(value, meta::check_label_value(value));
  });
}

} // namespace

void check_port_number(std::int64_t port, const spot& here) {
  here.between(port, 1, port_max);
}

meta::complaints check_port_name(std::string_view name) {
  meta::complaints out;
  if (name.size() > port_name_length_max)
    out.push_back("must be no more than 15 characters");
  if (name.empty() || !std::ranges::all_of(name, [](char c) {
        return is_letter(c) || is_digit(c) || c == '-';
      }))
    out.push_back("must contain only alpha-numeric characters (a-z, 0-9), and "
                  "hyphens (-)");
  if (!std::ranges::any_of(name, is_letter))
    out.push_back("must contain at least one letter (a-z)");
  if (name.find("--") != std::string_view::npos)
    out.push_back("must not contain consecutive hyphens");
  if (name.starts_with('-') || name.ends_with('-'))
    out.push_back("must not begin or end with a hyphen");
  return out;
}

void check_port(const view::int_or_string& port, const spot& here) {
  if (port.is_number() || !port)
    check_port_number(port.number(), here);
  else
    here.complain(port.text(), check_port_name(port.text()));
}

meta::complaints check_env_name(std::string_view name) {
  if (std::ranges::all_of(
          name, [](char c) { return c >= ' ' && c <= '~' && c != '='; }))
    return {};
  return {"a valid environment variable name must consist only of printable "
          "ASCII characters other than '='"};
}

meta::complaints check_http_header_name(std::string_view name) {
  if (!name.empty() && std::ranges::all_of(name, [](char c) {
        return is_alnum(c) || c == '-';
      }))
    return {};
  return {"a valid HTTP header must consist of alphanumeric characters or '-' "
          "(e.g. 'X-Header-Name', regex used for validation is "
          "'[-A-Za-z0-9]+')"};
}

void check_ip(std::string_view address, const spot& here) {
  if (!ip_address::parse(address))
    here.invalid(address, "must be a valid IP address, (e.g. 10.9.8.7 or "
                          "2001:db8::ffff)");
}

bool has_backstep(std::string_view path) {
  for (;;) {
    const auto slash = path.find('/');
    if (path.substr(0, slash) == "..")
      return true;
    if (slash == std::string_view::npos)
      return false;
    path.remove_prefix(slash + 1);
  }
}

void check_no_backsteps(std::string_view path, const spot& here) {
  if (has_backstep(path))
    here.invalid(path, "must not contain '..'");
}

void check_descending_path(std::string_view path, const spot& here) {
  if (path.starts_with('/'))
    here.invalid(path, "must be a relative path");
  check_no_backsteps(path, here);
}

void check_local_path(std::string_view path, const spot& here) {
  check_descending_path(path, here);
  if (path.starts_with("..") && !path.starts_with("../"))
    here.invalid(path, "must not start with '..'");
}

void check_file_mode(std::int64_t mode, const spot& here) {
  if (mode < 0 || mode > file_mode_max)
    here.invalid(mode, "must be a number between 0 and 0777 (octal), both "
                       "inclusive");
}

void check_labels(const view::map<std::string_view>& labels, const spot& here) {
  for (auto [key, value] : labels) {
    here.complain(key, meta::check_qualified_name(key));
    here.complain(value, meta::check_label_value(value));
  }
}

void check_label_selector(view::meta_v1::label_selector selector,
                          const spot& here) {
  if (!selector)
    return;
  check_labels(selector.match_labels(), here.child("matchLabels"));
  each_item(here.child("matchExpressions"), selector.match_expressions(),
            check_requirement);
}

} // namespace troupe::codec
