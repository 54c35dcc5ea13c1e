#include "node/log/log_line.hpp"

#include "messages/meta/time.hpp"

#include <array>

namespace troupe::container_log {

namespace {

constexpr int fraction_digits = 9;

/// Takes the word before the next blank; nothing without one.
std::optional<bytes_view> take_word(bytes_view& text) {
  const auto end = text.find(' ');
  if (end == bytes_view::npos)
    return std::nullopt;
  const auto word = text.substr(0, end);
  text.remove_prefix(end + 1);
  return word;
}

std::optional<stream> parse_stream(bytes_view word) {
  if (word == "stdout")
    return stream::standard_output;
  if (word == "stderr")
    return stream::standard_error;
  return std::nullopt;
}

} // namespace

std::optional<log_line> parse_line(bytes_view record) {
  auto rest = record;
  const auto time_word = take_word(rest);
  const auto stream_word = take_word(rest);
  const auto tags = take_word(rest);
  if (!time_word || !stream_word || !tags
      || time_word->size() > record_head_max)
    return std::nullopt;
  const auto time = meta::parse_time(*time_word);
  const auto from = parse_stream(*stream_word);
  if (!time || !from)
    return std::nullopt;
  return log_line{*time, *from, tags->substr(0, tags->find(':')) == "P", rest};
}

std::string format_log_time(wall_time time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto fraction = (time - second).count();
  auto text = meta::format_time(time);
  text.pop_back(); // the Z
  std::array<char, fraction_digits> digits;
  digits.fill('0');
  auto rest = fraction;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    *digit = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  return text.append(1, '.').append(digits.data(), digits.size()).append("Z");
}

} // namespace troupe::container_log
