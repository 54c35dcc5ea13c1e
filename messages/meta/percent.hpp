#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::meta {

/// "25%" as 25: digits and a percent sign; what is too large reads as the
/// largest value. None for any other text.
std::optional<std::int64_t> parse_percent(std::string_view text);

/// What is wrong with a text that should be a percentage, as upstream says it.
inline constexpr std::string_view percent_complaint =
    "a valid percent string must be a numeric string followed by an ending "
    "'%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/// So many percent of `whole`, which is not negative, to the next integer down
/// or up.
std::int64_t percent_down(std::int64_t percent, std::int64_t whole);
std::int64_t percent_up(std::int64_t percent, std::int64_t whole);

} // namespace troupe::meta
