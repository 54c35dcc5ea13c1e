#include "runtime/port/http_port.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// ASCII only, whatever the locale: header names are tokens (RFC 9110).
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

} // namespace

std::string_view find_header(const http_headers& headers,
                             std::string_view name) {
  for (const auto& [key, value] : headers)
    if (same_name(key, name))
      return value;
  return {};
}

} // namespace troupe
