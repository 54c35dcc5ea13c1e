#pragma once

#include "messages/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::api {

/// Decoded query parameters in the order they came.
using query_parameters = std::vector<std::pair<std::string, std::string>>;

/// The first value under `name`; none when it was not given.
std::optional<std::string_view> find_parameter(const query_parameters& query,
                                               std::string_view name);

/// Every value under `name`.
std::vector<std::string> all_parameters(const query_parameters& query,
                                        std::string_view name);

/// None when absent. Only "false" and "0" are false, in any case; "" is true.
std::optional<bool> bool_parameter(const query_parameters& query,
                                   std::string_view name);

/// None when absent. Fails with `invalid_argument` and Go's text for a number
/// that is none.
result<std::optional<std::int64_t>>
integer_parameter(const query_parameters& query, std::string_view name);

/// A decimal of 64 bits without sign. Fails as Go's strconv.ParseUint does.
result<std::uint64_t> parse_unsigned(std::string_view text);

} // namespace troupe::api
