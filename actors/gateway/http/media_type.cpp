#include "actors/gateway/http/media_type.hpp"

#include <algorithm>

namespace troupe::gateway {

namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// Takes what stands before the next `separator` off `rest`, skipping those
/// inside quotes.
std::string_view take_until(std::string_view& rest, char separator) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < rest.size(); ++at) {
    if (rest[at] == '"')
      quoted = !quoted;
    else if (rest[at] == separator && !quoted)
      break;
  }
  const auto part = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return trim(part);
}

std::string_view unquote(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    return text.substr(1, text.size() - 2);
  return text;
}

/// "0.25" in thousandths; 1000 for what is no quality.
int parse_quality(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1'))
    return 1000;
  int value = (text[0] - '0') * 1000;
  if (text.size() > 1 && text[1] != '.')
    return 1000;
  int unit = 100;
  for (char digit : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (digit < '0' || digit > '9')
      return 1000;
    value += (digit - '0') * unit;
    unit /= 10;
  }
  return std::min(value, 1000);
}

int particularity(const media_type& range) {
  if (range.type == "*")
    return 0;
  return range.subtype == "*" ? 1 : 2;
}

} // namespace

std::string_view media_type::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters)
    if (key == name)
      return value;
  return {};
}

bool media_type::matches(std::string_view full) const {
  const auto slash = full.find('/');
  return (type == "*" || type == full.substr(0, slash))
         && (subtype == "*" || subtype == full.substr(slash + 1));
}

std::optional<media_type> parse_media_type(std::string_view text) {
  auto rest = text;
  const auto name = take_until(rest, ';');
  const auto slash = name.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == name.size())
    return std::nullopt;
  media_type out;
  out.type = lower(trim(name.substr(0, slash)));
  out.subtype = lower(trim(name.substr(slash + 1)));
  while (!rest.empty()) {
    const auto pair = take_until(rest, ';');
    const auto equals = pair.find('=');
    if (pair.empty())
      continue;
    if (equals == std::string_view::npos)
      return std::nullopt;
    auto key = lower(trim(pair.substr(0, equals)));
    const auto value = unquote(trim(pair.substr(equals + 1)));
    if (key == "q")
      out.quality = parse_quality(value);
    else
      out.parameters.emplace_back(std::move(key), value);
  }
  return out;
}

std::vector<media_type> parse_accept(std::string_view text) {
  std::vector<media_type> out;
  if (text.size() > accept_length_max)
    return out;
  while (!text.empty() && out.size() < accept_ranges_max) {
    auto range = parse_media_type(take_until(text, ','));
    if (range && range->quality > 0)
      out.push_back(std::move(*range));
  }
  std::ranges::stable_sort(out, [](const auto& a, const auto& b) {
    if (a.quality != b.quality)
      return a.quality > b.quality;
    return particularity(a) > particularity(b);
  });
  return out;
}

} // namespace troupe::gateway
