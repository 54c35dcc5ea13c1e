#pragma once

#include "node/shim/kernel.hpp"

/// Text in memory of a fixed size, and the little else a C library would give.
namespace troupe::shim {

/// Appends to a buffer; what does not fit is cut. Always ends with a zero.
class text_writer {
public:
  text_writer(char* buffer, std::size_t size) : buffer_(buffer), size_(size) {
    buffer_[0] = '\0';
  }

  template <std::size_t Size>
  explicit text_writer(char (&buffer)[Size]) : text_writer(buffer, Size) {}

  text_writer& add(const char* text) { return add(text, strlen(text)); }

  text_writer& add(const char* text, std::size_t size);

  /// Decimal, with zeros in front up to `width` digits.
  text_writer& add_number(std::uint64_t value, std::size_t width = 1);

  std::size_t size() const { return used_; }

private:
  char* buffer_;
  std::size_t size_;
  std::size_t used_ = 0;
};

bool same(const char* a, const char* b);

bool begins_with(const char* text, const char* front);

/// Whether a zero ends the text within its array.
template <std::size_t Size>
bool is_ended(const char (&text)[Size]) {
  for (const char c : text)
    if (c == '\0')
      return true;
  return false;
}

/// Nanoseconds since 1970.
std::int64_t wall_now();

/// Nanoseconds since some start.
std::int64_t mono_now();

/// "2006-01-02T15:04:05.000000000Z", or with `compact`
/// "20060102-150405.000000000".
void add_time(text_writer& out, std::int64_t nanoseconds, bool compact);

/// Reads at most `size - 1` octets of a small file and ends them with a zero.
/// Returns how many, or a negative errno.
long read_text(int directory, const char* path, char* buffer, std::size_t size);

std::uint32_t crc32c(const void* data, std::size_t size);

} // namespace troupe::shim
