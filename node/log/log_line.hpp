#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/time_point.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::container_log {

enum class stream : std::uint8_t { standard_output, standard_error };

/// One record of a log in CRI format:
///
///     2026-01-01T00:00:00.000000000Z stdout F text
///
/// The tag is "F" for the end of a line, "P" for a part that others follow;
/// more tags may follow it after colons.
struct log_line {
  wall_time time;
  stream from = stream::standard_output;
  bool partial = false;
  bytes_view text; ///< a view into the record; may be empty, any octets

  friend bool operator==(const log_line&, const log_line&) = default;
};

/// As much of a record as tells all but its text.
inline constexpr std::size_t record_head_max = 128;

/// Reads a record, given without its newline. Pure. Nothing when it is none.
std::optional<log_line> parse_line(bytes_view record);

/// RFC 3339 in UTC with nine digits: the form that `parse_line` reads.
std::string format_log_time(wall_time time);

} // namespace troupe::container_log
