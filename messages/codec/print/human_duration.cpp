#include "messages/codec/print/human_duration.hpp"

#include <cstdint>

namespace troupe::codec {

namespace {

constexpr std::int64_t minute = 60;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;
constexpr std::int64_t year = 365 * day;

struct unit {
  std::int64_t seconds;
  char letter;
};

/// One rung: spans below `end` are written in `major`, and the rest of it in
/// `minor` unless that is zero.
struct rung {
  std::int64_t end;
  unit major;
  unit minor;
};

constexpr unit none{0, ' '};
constexpr unit seconds{1, 's'};
constexpr unit minutes{minute, 'm'};
constexpr unit hours{hour, 'h'};
constexpr unit days{day, 'd'};
constexpr unit years{year, 'y'};

constexpr rung rungs[] = {
    {2 * minute, seconds, none}, {10 * minute, minutes, seconds},
    {3 * hour, minutes, none},   {8 * hour, hours, minutes},
    {2 * day, hours, none},      {8 * day, days, hours},
    {2 * year, days, none},      {8 * year, years, days},
    {INT64_MAX, years, none},
};

void append(std::string& out, std::int64_t count, unit of) {
  out += std::to_string(count);
  out += of.letter;
}

} // namespace

std::string human_duration(duration span) {
  auto total = std::chrono::duration_cast<std::chrono::seconds>(span).count();
  if (total < -1)
    return "<invalid>";
  if (total < 0)
    return "0s";
  auto* at = rungs;
  while (total >= at->end)
    ++at;
  std::string result;
  append(result, total / at->major.seconds, at->major);
  if (at->minor.seconds == 0)
    return result;
  auto rest = total % at->major.seconds / at->minor.seconds;
  if (rest != 0)
    append(result, rest, at->minor);
  return result;
}

} // namespace troupe::codec
