#include "node/cgroup/kernel_text.hpp"

#include "node/cgroup/limits.hpp"

#include <charconv>
#include <limits>

namespace troupe::cgroup {

namespace {

// v1 writes "no limit" as the largest number of whole pages.
constexpr std::uint64_t v1_unlimited_min =
    std::numeric_limits<std::int64_t>::max() - (std::uint64_t{1} << 20);

std::string_view take(std::string_view& text, std::string_view separators) {
  const auto end = text.find_first_of(separators);
  const auto front = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return front;
}

} // namespace

std::string_view trimmed(std::string_view text) {
  const auto last = text.find_last_not_of(" \n\t");
  return last == std::string_view::npos ? "" : text.substr(0, last + 1);
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  const auto digits = trimmed(text);
  std::uint64_t number = 0;
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failure != std::errc{} || end != digits.data() + digits.size())
    return std::nullopt;
  return number;
}

std::optional<std::int64_t> parse_limit(std::string_view text) {
  const auto word = trimmed(text);
  if (word == "max" || word == "-1")
    return unlimited;
  const auto number = parse_number(word);
  if (!number)
    return std::nullopt;
  return *number >= v1_unlimited_min ? unlimited
                                     : static_cast<std::int64_t>(*number);
}

std::string limit_text(std::int64_t limit) {
  return limit == unlimited ? "max" : std::to_string(limit);
}

std::optional<std::uint64_t> keyed_number(std::string_view text,
                                          std::string_view key) {
  while (!text.empty()) {
    auto line = take(text, "\n");
    if (take(line, " ") == key)
      return parse_number(line);
  }
  return std::nullopt;
}

std::optional<bandwidth> parse_bandwidth(std::string_view text) {
  auto rest = trimmed(text);
  const auto quota = parse_limit(take(rest, " "));
  const auto period = parse_number(rest);
  if (!quota || !period)
    return std::nullopt;
  return bandwidth{*quota, *period};
}

std::vector<pid_t> parse_pids(std::string_view text) {
  std::vector<pid_t> pids;
  while (!text.empty()) {
    const auto pid = parse_number(take(text, "\n"));
    if (pid && *pid > 0 && *pid <= std::numeric_limits<pid_t>::max())
      pids.push_back(static_cast<pid_t>(*pid));
  }
  return pids;
}

std::vector<std::string> parse_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty())
    if (const auto word = take(text, " \n"); !word.empty())
      words.emplace_back(word);
  return words;
}

} // namespace troupe::cgroup
