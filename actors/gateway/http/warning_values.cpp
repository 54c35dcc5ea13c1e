#include "actors/gateway/http/warning_values.hpp"

#include <algorithm>
#include <string_view>

namespace troupe::gateway {

namespace {

constexpr std::size_t characters_max = 4 * 1024;
constexpr std::size_t cut_length = 256;

bool goes_on(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::size_t count(std::string_view text) {
  return text.size()
         - static_cast<std::size_t>(std::ranges::count_if(text, goes_on));
}

std::string_view cut(std::string_view text) {
  std::size_t end = 0;
  for (std::size_t n = 0; end < text.size(); ++end)
    if (!goes_on(text[end]) && n++ == cut_length)
      break;
  return text.substr(0, end);
}

bool has_controls(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

std::string quoted(std::string_view text) {
  std::string out = "299 - \"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + '"';
}

} // namespace

std::vector<std::string> warning_values(const std::vector<std::string>& texts) {
  std::vector<std::string_view> kept;
  std::size_t all = 0;
  for (const auto& text : texts) {
    if (text.empty() || has_controls(text)
        || std::ranges::find(kept, text) != kept.end())
      continue;
    kept.push_back(text);
    all += count(text);
  }
  const bool cuts = all > characters_max;
  std::vector<std::string> out;
  std::size_t written = 0;
  for (auto text : kept) {
    if (cuts && written >= characters_max)
      break;
    if (cuts)
      text = cut(text);
    written += count(text);
    out.push_back(quoted(text));
  }
  return out;
}

} // namespace troupe::gateway
