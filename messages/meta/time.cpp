#include "messages/meta/time.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace troupe::meta {

namespace {

/// Longest text that is read; more is no time in any layout.
constexpr std::size_t text_max = 128;

bool is_digit(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

/// As Go's package time quotes the input in its errors.
std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x80 || octet < ' ') {
      char escape[5];
      std::snprintf(escape, sizeof(escape), "\\x%02x", octet);
      quoted += escape;
    } else {
      if (c == '"' || c == '\\')
        quoted += '\\';
      quoted += c;
    }
  }
  return quoted + '"';
}

/// Reads one layout element after the other; stops at the first error.
class reader {
public:
  reader(std::string_view text, bool micro)
      : text_{text}, rest_{text}, micro_{micro} {}

  result<wall_time> read() {
    if (text_.size() > text_max)
      return error{errc::invalid_argument, "time is longer than "
                                               + std::to_string(text_max)
                                               + " characters"};
    if (!date() || !clock() || !zone())
      return error{errc::invalid_argument, failure_};
    if (!rest_.empty()) {
      fail(": extra text: " + quote(rest_));
      return error{errc::invalid_argument, failure_};
    }
    return assemble();
  }

private:
  bool fail(std::string what) {
    failure_ = "parsing time " + quote(text_) + what;
    return false;
  }

  bool cannot_parse(std::string_view element) {
    return fail(" as " + quote(layout()) + ": cannot parse " + quote(rest_)
                + " as " + quote(element));
  }

  std::string_view layout() const {
    return micro_ ? "2006-01-02T15:04:05.000000Z07:00"
                  : "2006-01-02T15:04:05Z07:00";
  }

  bool literal(char c) {
    if (!rest_.starts_with(c))
      return cannot_parse({&c, 1});
    rest_.remove_prefix(1);
    return true;
  }

  /// Two digits, or one when `lenient`.
  bool number(int& value, std::string_view element, bool lenient) {
    if (!is_digit(rest_, 0) || (!is_digit(rest_, 1) && !lenient))
      return cannot_parse(element);
    value = rest_[0] - '0';
    rest_.remove_prefix(1);
    if (is_digit(rest_, 0)) {
      value = value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return true;
  }

  bool year() {
    for (std::size_t i = 0; i < 4; ++i)
      if (!is_digit(rest_, i))
        return cannot_parse("2006");
    for (std::size_t i = 0; i < 4; ++i)
      year_ = year_ * 10 + (rest_[i] - '0');
    rest_.remove_prefix(4);
    return true;
  }

  bool date() {
    if (!year() || !literal('-') || !number(month_, "01", false))
      return false;
    if (month_ < 1 || month_ > 12)
      return fail(": month out of range");
    return literal('-') && number(day_, "02", false) && literal('T');
  }

  bool clock() {
    if (!number(hour_, "15", true))
      return false;
    if (hour_ >= 24)
      return fail(": hour out of range");
    if (!literal(':') || !number(minute_, "04", false))
      return false;
    if (minute_ >= 60)
      return fail(": minute out of range");
    if (!literal(':') || !number(second_, "05", false))
      return false;
    if (second_ >= 60)
      return fail(": second out of range");
    return micro_ ? fixed_fraction() : optional_fraction();
  }

  bool at_fraction() const {
    return (rest_.starts_with('.') || rest_.starts_with(','))
           && is_digit(rest_, 1);
  }

  bool optional_fraction() {
    if (at_fraction()) {
      std::size_t end = 1;
      while (is_digit(rest_, end))
        ++end;
      take_fraction(end);
    }
    return true;
  }

  bool fixed_fraction() {
    constexpr std::size_t end = 7;
    if (!at_fraction())
      return cannot_parse(".000000");
    for (std::size_t i = 1; i < end; ++i)
      if (!is_digit(rest_, i))
        return cannot_parse(".000000");
    take_fraction(end);
    return true;
  }

  void take_fraction(std::size_t end) {
    std::int64_t unit = 100'000'000;
    for (std::size_t i = 1; i < end; ++i, unit /= 10)
      nanoseconds_ += (rest_[i] - '0') * unit;
    rest_.remove_prefix(end);
  }

  bool zone() {
    constexpr std::string_view element = "Z07:00";
    if (rest_.starts_with('Z')) {
      rest_.remove_prefix(1);
      return true;
    }
    if (rest_.size() < 6 || rest_[3] != ':'
        || (rest_[0] != '+' && rest_[0] != '-'))
      return cannot_parse(element);
    for (std::size_t i : {1, 2, 4, 5})
      if (!is_digit(rest_, i))
        return cannot_parse(element);
    const int hours = (rest_[1] - '0') * 10 + (rest_[2] - '0');
    const int minutes = (rest_[4] - '0') * 10 + (rest_[5] - '0');
    if (hours > 24)
      return fail(": time zone offset hour out of range");
    if (minutes > 60)
      return fail(": time zone offset minute out of range");
    offset_minutes_ = (rest_[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
    rest_.remove_prefix(6);
    return true;
  }

  result<wall_time> assemble() {
    namespace ch = std::chrono;
    const ch::year_month_day date{ch::year{year_},
                                  ch::month{static_cast<unsigned>(month_)},
                                  ch::day{static_cast<unsigned>(day_)}};
    if (!date.ok())
      fail(": day out of range");
    else if (year_ < 1678 || year_ > 2261)
      fail(": year out of range");
    else
      return wall_time{ch::sys_days{date}.time_since_epoch() + ch::hours{hour_}
                       + ch::minutes{minute_} + ch::seconds{second_}
                       + ch::nanoseconds{nanoseconds_}
                       - ch::minutes{offset_minutes_}};
    return error{errc::invalid_argument, failure_};
  }

  std::string_view text_;
  std::string_view rest_;
  bool micro_;
  std::string failure_;
  int year_ = 0;
  int month_ = 0;
  int day_ = 0;
  int hour_ = 0;
  int minute_ = 0;
  int second_ = 0;
  int offset_minutes_ = 0;
  std::int64_t nanoseconds_ = 0;
};

/// "2026-01-02T03:04:05".
std::string format_seconds(wall_time time) {
  namespace ch = std::chrono;
  const auto since_epoch = time.time_since_epoch();
  const auto days = ch::floor<ch::days>(since_epoch);
  const ch::year_month_day date{ch::sys_days{days}};
  const ch::hh_mm_ss clock{ch::floor<ch::seconds>(since_epoch - days)};
  char text[64];
  std::snprintf(text, sizeof(text), "%04d-%02u-%02uT%02d:%02d:%02d",
                static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

} // namespace

result<wall_time> parse_time(std::string_view text) {
  return reader{text, false}.read();
}

result<wall_time> parse_micro_time(std::string_view text) {
  return reader{text, true}.read();
}

std::string format_time(wall_time time) {
  return format_seconds(time) + 'Z';
}

std::string format_micro_time(wall_time time) {
  namespace ch = std::chrono;
  const auto since_epoch = time.time_since_epoch();
  const auto fraction = since_epoch - ch::floor<ch::seconds>(since_epoch);
  char micros[16];
  std::snprintf(
      micros, sizeof(micros), ".%06dZ",
      static_cast<int>(ch::duration_cast<ch::microseconds>(fraction).count()));
  return format_seconds(time) + micros;
}

} // namespace troupe::meta
