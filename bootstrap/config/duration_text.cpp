#include "bootstrap/config/duration_text.hpp"

#include <charconv>

namespace troupe {

namespace {

struct unit_name {
  std::string_view text;
  duration length;
};

constexpr unit_name units[] = {{"ms", std::chrono::milliseconds{1}},
                               {"s", std::chrono::seconds{1}},
                               {"m", std::chrono::minutes{1}},
                               {"h", std::chrono::hours{1}}};

error not_a_duration(std::string_view text) {
  return {errc::invalid_argument,
          "'" + std::string{text}
              + "' is no duration: give a whole number and a unit (ms, s, m or "
                "h), as in 90s"};
}

} // namespace

result<duration> parse_duration(std::string_view text) {
  constexpr std::size_t digits_max = 9;
  const auto end = text.find_first_not_of("0123456789");
  if (end == 0 || end == std::string_view::npos || end > digits_max)
    return not_a_duration(text);
  long long count = 0;
  std::from_chars(text.data(), text.data() + end, count);
  for (const auto& it : units)
    if (text.substr(end) == it.text)
      return duration{it.length * count};
  return not_a_duration(text);
}

std::string describe_duration(duration value) {
  const auto total =
      std::chrono::duration_cast<std::chrono::seconds>(value).count();
  const long long parts[] = {total / 86400, total / 3600 % 24, total / 60 % 60,
                             total % 60};
  constexpr const char* names[] = {"d", "h", "m", "s"};
  std::size_t first = 0;
  while (first < 3 && parts[first] == 0)
    ++first;
  std::string out;
  for (auto i = first; i < 4 && i < first + 2; ++i)
    if (i == first || parts[i] != 0)
      out += std::to_string(parts[i]) + names[i];
  return out;
}

} // namespace troupe
