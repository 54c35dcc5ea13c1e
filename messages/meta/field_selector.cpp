#include "messages/meta/selector.hpp"

namespace troupe::meta {

namespace {

error malformed(std::string message) {
  return {errc::invalid_argument, std::move(message)};
}

/// Cuts the term before the next comma that no backslash escapes off `rest`.
std::string_view take_term(std::string_view& rest) {
  std::size_t end = 0;
  while (end < rest.size() && rest[end] != ',')
    end += rest[end] == '\\' ? 2 : 1;
  end = std::min(end, rest.size());
  const auto term = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return term;
}

result<std::string> unescape(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    char c = value[i];
    if (c == ',' || c == '=')
      return malformed("invalid field selector: unescaped character in value: "
                       + std::to_string(static_cast<int>(c)));
    if (c == '\\') {
      const auto sequence = value.substr(i, 2);
      if (sequence != "\\\\" && sequence != "\\," && sequence != "\\=")
        return malformed("invalid field selector: invalid escape sequence: "
                         + std::string{sequence});
      c = value[++i];
    }
    out += c;
  }
  return out;
}

/// Splits at the first `!=`, `==` or `=`.
result<field_requirement> parse_term(std::string_view term,
                                     std::string_view whole) {
  for (std::size_t at = 0; at < term.size(); ++at) {
    const auto rest = term.substr(at);
    const bool unequal = rest.starts_with("!=");
    if (!unequal && rest[0] != '=')
      continue;
    const std::size_t length = unequal || rest.starts_with("==") ? 2 : 1;
    auto value = unescape(rest.substr(length));
    if (!value)
      return value.error();
    return field_requirement{std::string{term.substr(0, at)}, std::move(*value),
                             !unequal};
  }
  return malformed("invalid selector: '" + std::string{whole}
                   + "'; can't understand '" + std::string{term} + "'");
}

} // namespace

result<field_selector> field_selector::parse(std::string_view text) {
  if (text.size() > text_max)
    return error{errc::too_large, "field selectors must be no longer than "
                                      + std::to_string(text_max) + " bytes"};
  std::vector<field_requirement> all;
  for (auto rest = text; !rest.empty();) {
    const auto term = take_term(rest);
    if (term.empty())
      continue;
    auto one = parse_term(term, text);
    if (!one)
      return one.error();
    all.push_back(std::move(*one));
  }
  return field_selector{std::move(all)};
}

std::optional<std::string_view>
field_selector::exact(std::string_view name) const {
  for (const auto& one : requirements_)
    if (one.equal && one.name == name)
      return one.value;
  return std::nullopt;
}

} // namespace troupe::meta
