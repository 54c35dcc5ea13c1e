#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// "90s", "2m", "500ms", "1h": a whole number (up to nine digits) and a unit.
result<duration> parse_duration(std::string_view text);

/// For people: "3d4h", "2h5m", "7m3s", "12s"; the two largest units.
std::string describe_duration(duration value);

} // namespace troupe
