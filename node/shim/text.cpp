#include "node/shim/text.hpp"

#include <fcntl.h>
#include <time.h>

namespace troupe::shim {

namespace {

constexpr std::int64_t second = 1'000'000'000;

std::int64_t read_clock(int clock) {
  timespec now = {};
  kernel(__NR_clock_gettime, clock, &now);
  return now.tv_sec * second + now.tv_nsec;
}

struct date {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

/// Days since 1970 to a date of the proleptic Gregorian calendar, by eras of
/// 400 years that begin in March.
date to_date(std::int64_t days) {
  days += 719468;
  const auto era = days / 146097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146097);
  const auto year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524
                            - day_of_era / 146096)
                           / 365;
  const auto day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto month = (5 * day_of_year + 2) / 153;
  const auto january = month >= 10;
  return {era * 400 + year_of_era + (january ? 1 : 0),
          january ? month - 9 : month + 3,
          day_of_year - (153 * month + 2) / 5 + 1};
}

} // namespace

text_writer& text_writer::add(const char* text, std::size_t size) {
  const auto room = size_ - used_ - 1;
  const auto taken = size < room ? size : room;
  memcpy(buffer_ + used_, text, taken);
  used_ += taken;
  buffer_[used_] = '\0';
  return *this;
}

text_writer& text_writer::add_number(std::uint64_t value, std::size_t width) {
  char digits[20];
  std::size_t count = 0;
  while (value > 0 || count < width) {
    digits[sizeof(digits) - ++count] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return add(digits + sizeof(digits) - count, count);
}

bool same(const char* a, const char* b) {
  const auto size = strlen(a);
  return size == strlen(b) && memcmp(a, b, size) == 0;
}

bool begins_with(const char* text, const char* front) {
  const auto size = strlen(front);
  return strlen(text) >= size && memcmp(text, front, size) == 0;
}

std::int64_t wall_now() {
  return read_clock(CLOCK_REALTIME);
}

std::int64_t mono_now() {
  return read_clock(CLOCK_MONOTONIC);
}

void add_time(text_writer& out, std::int64_t nanoseconds, bool compact) {
  if (nanoseconds < 0)
    nanoseconds = 0;
  const auto day = 86400 * second;
  const auto [year, month, day_of_month] = to_date(nanoseconds / day);
  const auto rest = static_cast<std::uint64_t>(nanoseconds % day);
  const auto seconds = rest / second;
  const char* dash = compact ? "" : "-";
  const char* colon = compact ? "" : ":";
  out.add_number(static_cast<std::uint64_t>(year), 4).add(dash);
  out.add_number(month, 2).add(dash);
  out.add_number(day_of_month, 2).add(compact ? "-" : "T");
  out.add_number(seconds / 3600, 2).add(colon);
  out.add_number(seconds / 60 % 60, 2).add(colon);
  out.add_number(seconds % 60, 2).add(".");
  out.add_number(rest % second, 9).add(compact ? "" : "Z");
}

long read_text(int directory, const char* path, char* buffer,
               std::size_t size) {
  const auto fd = kernel(__NR_openat, directory, path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0)
    return fd;
  const auto count = kernel_retry(__NR_read, fd, buffer, size - 1);
  kernel(__NR_close, fd);
  buffer[count > 0 ? count : 0] = '\0';
  return count;
}

std::uint32_t crc32c(const void* data, std::size_t size) {
  std::uint32_t crc = ~0U;
  const auto* octets = static_cast<const unsigned char*>(data);
  for (std::size_t i = 0; i < size; ++i) {
    crc ^= octets[i];
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
  }
  return ~crc;
}

} // namespace troupe::shim
