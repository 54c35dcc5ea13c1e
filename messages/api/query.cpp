#include "messages/api/query.hpp"

#include "messages/meta/go_quote.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::api {

namespace {

bool equals_fold(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) {
                      return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
                    });
}

/// Reads the whole text as a decimal; the error is Go's for `function`.
template <class T>
result<T> parse_number(std::string_view text, std::string_view function) {
  const auto complain = [&](std::string_view what) {
    return error{errc::invalid_argument,
                 "strconv." + std::string{function} + ": parsing "
                     + meta::go_quote(text) + ": " + std::string{what}};
  };
  auto digits = text;
  if (std::is_signed_v<T> && digits.starts_with('+')
      && !digits.starts_with("+-"))
    digits.remove_prefix(1);
  T value{};
  const auto end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value);
  if (read.ec == std::errc::result_out_of_range && read.ptr == end)
    return complain("value out of range");
  if (read.ec != std::errc{} || read.ptr != end)
    return complain("invalid syntax");
  return value;
}

} // namespace

std::optional<std::string_view> find_parameter(const query_parameters& query,
                                               std::string_view name) {
  for (const auto& [key, value] : query)
    if (key == name)
      return value;
  return std::nullopt;
}

std::vector<std::string> all_parameters(const query_parameters& query,
                                        std::string_view name) {
  std::vector<std::string> found;
  for (const auto& [key, value] : query)
    if (key == name)
      found.push_back(value);
  return found;
}

std::optional<bool> bool_parameter(const query_parameters& query,
                                   std::string_view name) {
  const auto value = find_parameter(query, name);
  if (!value)
    return std::nullopt;
  return !equals_fold(*value, "false") && *value != "0";
}

result<std::optional<std::int64_t>>
integer_parameter(const query_parameters& query, std::string_view name) {
  const auto value = find_parameter(query, name);
  if (!value)
    return std::optional<std::int64_t>{};
  auto number = parse_number<std::int64_t>(*value, "ParseInt");
  if (!number)
    return number.error();
  return std::optional<std::int64_t>{*number};
}

result<std::uint64_t> parse_unsigned(std::string_view text) {
  return parse_number<std::uint64_t>(text, "ParseUint");
}

} // namespace troupe::api
