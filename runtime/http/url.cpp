#include "runtime/http/url.hpp"

namespace troupe::http {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

} // namespace

std::optional<std::string> percent_decode(std::string_view text,
                                          bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (text.size() - i < 3)
        return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0)
        return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

std::optional<target> parse_target(std::string_view text) {
  if (text.empty() || text.front() != '/')
    return std::nullopt;
  const auto mark = text.find('?');
  target out;
  out.raw_path = text.substr(0, mark);
  auto path = percent_decode(out.raw_path, false);
  if (!path || path->find('\0') != std::string::npos)
    return std::nullopt;
  out.path = std::move(*path);
  auto rest = mark == text.npos ? std::string_view{} : text.substr(mark + 1);
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    rest = end == rest.npos ? std::string_view{} : rest.substr(end + 1);
    if (pair.empty())
      continue;
    const auto equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), true);
    auto value = equals == pair.npos
                     ? std::optional<std::string>{""}
                     : percent_decode(pair.substr(equals + 1), true);
    if (!name || !value)
      return std::nullopt;
    out.query.emplace_back(std::move(*name), std::move(*value));
  }
  return out;
}

} // namespace troupe::http
