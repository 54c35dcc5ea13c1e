#include "messages/protocol/wire_reader.hpp"

#include <limits>

// Formats are those of the msgpack specification ("Formats" and "Notation").
namespace troupe::wire {

namespace {

/// The first value that needs `width` octets after its head.
std::uint64_t minimum_of(std::size_t width) {
  switch (width) {
    case 2:
      return std::uint64_t{1} << 8;
    case 4:
      return std::uint64_t{1} << 16;
    case 8:
      return std::uint64_t{1} << 32;
    default:
      return 0;
  }
}

} // namespace

void reader::fail(errc code, std::string message) {
  if (!failure_)
    failure_ = error{code, std::move(message)};
}

void reader::wrong_type(std::string_view what, std::string_view wanted) {
  fail(errc::corrupt, std::string{what} + ": expected " + std::string{wanted});
}

bytes_view reader::take(std::string_view what, std::uint64_t size) {
  if (failed())
    return {};
  if (size > data_.size() - at_) {
    fail(errc::corrupt, std::string{what} + ": ends in the middle");
    return {};
  }
  auto part = data_.substr(at_, static_cast<std::size_t>(size));
  at_ += part.size();
  return part;
}

std::uint8_t reader::head(std::string_view what) {
  auto octet = take(what, 1);
  return octet.empty() ? 0 : static_cast<std::uint8_t>(octet[0]);
}

std::uint64_t reader::big_endian(std::string_view what, std::size_t width) {
  std::uint64_t value = 0;
  for (auto octet : take(what, width))
    value = value << 8 | static_cast<std::uint8_t>(octet);
  return value;
}

std::uint64_t reader::minimal(std::string_view what, std::size_t width) {
  auto value = big_endian(what, width);
  if (!failed() && value < minimum_of(width))
    fail(errc::corrupt, std::string{what} + ": integer is not minimal");
  return value;
}

std::uint64_t reader::number(std::string_view what) {
  auto first = head(what);
  if (first <= 0x7f)
    return first;
  if (first < 0xcc || first > 0xcf) {
    wrong_type(what, "an unsigned integer");
    return 0;
  }
  auto value = minimal(what, std::size_t{1} << (first - 0xcc));
  if (!failed() && value <= 0x7f)
    fail(errc::corrupt, std::string{what} + ": integer is not minimal");
  return failed() ? 0 : value;
}

std::int64_t reader::signed_number(std::string_view what) {
  if (failed())
    return 0;
  auto first = at_ < data_.size() ? static_cast<std::uint8_t>(data_[at_]) : 0;
  if (first < 0xd0 || (first > 0xd3 && first < 0xe0)) {
    auto value = number(what);
    if (value <= std::uint64_t{std::numeric_limits<std::int64_t>::max()})
      return static_cast<std::int64_t>(value);
    fail(errc::out_of_range, std::string{what} + ": integer too large");
    return 0;
  }
  ++at_;
  if (first >= 0xe0)
    return static_cast<std::int8_t>(first);
  auto width = std::size_t{1} << (first - 0xd0);
  auto shift = 64 - 8 * width;
  auto value =
      static_cast<std::int64_t>(big_endian(what, width) << shift) >> shift;
  auto bound = width == 1 ? -32 : -(std::int64_t{1} << (4 * width - 1));
  if (!failed() && value >= bound)
    fail(errc::corrupt, std::string{what} + ": integer is not minimal");
  return failed() ? 0 : value;
}

bool reader::boolean(std::string_view what) {
  auto first = head(what);
  if (first != 0xc2 && first != 0xc3)
    wrong_type(what, "a boolean");
  return first == 0xc3;
}

bytes_view reader::octets(std::string_view what, std::size_t max) {
  auto first = head(what);
  if (first < 0xc4 || first > 0xc6) {
    wrong_type(what, "octets");
    return {};
  }
  auto size = minimal(what, std::size_t{1} << (first - 0xc4));
  if (size > max)
    fail(errc::too_large,
         std::string{what} + ": more than " + std::to_string(max) + " octets");
  return take(what, size);
}

std::string_view reader::text(std::string_view what, std::size_t max) {
  auto first = head(what);
  std::uint64_t size = first & 0x1f;
  if (first >= 0xd9 && first <= 0xdb) {
    size = minimal(what, std::size_t{1} << (first - 0xd9));
    if (size <= 0x1f)
      fail(errc::corrupt, std::string{what} + ": length is not minimal");
  } else if (first < 0xa0 || first > 0xbf) {
    wrong_type(what, "text");
  }
  if (size > max)
    fail(errc::too_large,
         std::string{what} + ": more than " + std::to_string(max) + " octets");
  return take(what, size);
}

std::size_t reader::array(std::string_view what, std::size_t max) {
  auto first = head(what);
  std::uint64_t size = first & 0x0f;
  if (first == 0xdc || first == 0xdd) {
    size = big_endian(what, first == 0xdc ? 2 : 4);
    if (size <= (first == 0xdc ? 0x0f : 0xffff))
      fail(errc::corrupt, std::string{what} + ": length is not minimal");
  } else if (first < 0x90 || first > 0x9f) {
    wrong_type(what, "an array");
  }
  if (size > max)
    fail(errc::too_large, std::string{what} + ": more than "
                              + std::to_string(max) + " elements");
  return failed() ? 0 : static_cast<std::size_t>(size);
}

std::size_t reader::open_map(std::string_view what) {
  if (++depth_ > depth_max)
    fail(errc::too_large, std::string{what} + ": nested too deeply");
  auto first = head(what);
  std::uint64_t size = first & 0x0f;
  if (first == 0xde)
    size = big_endian(what, 2);
  else if (first < 0x80 || first > 0x8f)
    wrong_type(what, "a map");
  if (first == 0xde && size <= 0x0f)
    fail(errc::corrupt, std::string{what} + ": length is not minimal");
  if (size > fields_max)
    fail(errc::too_large, std::string{what} + ": too many fields");
  return failed() ? 0 : static_cast<std::size_t>(size);
}

void reader::on_unknown(std::string_view what, std::uint64_t id,
                        unknown_field policy) {
  if (policy == unknown_field::skip)
    skip(what);
  else
    fail(errc::unsupported,
         std::string{what} + ": unknown field " + std::to_string(id));
}

bool reader::skip_scalar(std::string_view what, std::uint64_t& open) {
  auto first = head(what);
  if (first <= 0x7f || first >= 0xe0 || first == 0xc0 || first == 0xc2
      || first == 0xc3)
    return true;
  if (first <= 0x8f)
    open += 2u * (first & 0x0f);
  else if (first <= 0x9f)
    open += first & 0x0f;
  else if (first <= 0xbf)
    take(what, first & 0x1f);
  else if (first >= 0xc4 && first <= 0xc6)
    take(what, big_endian(what, std::size_t{1} << (first - 0xc4)));
  else if (first >= 0xca && first <= 0xcb)
    take(what, first == 0xca ? 4 : 8);
  else if (first >= 0xcc && first <= 0xd3)
    take(what, std::size_t{1} << (first & 0x03));
  else if (first >= 0xd9 && first <= 0xdb)
    take(what, big_endian(what, std::size_t{1} << (first - 0xd9)));
  else if (first == 0xdc || first == 0xdd)
    open += big_endian(what, first == 0xdc ? 2 : 4);
  else if (first == 0xde || first == 0xdf)
    open += 2 * big_endian(what, first == 0xde ? 2 : 4);
  else
    return false;
  return true;
}

void reader::skip(std::string_view what) {
  // Counting the values still open instead of recursing makes nesting free;
  // each costs an octet, so the loop ends with the data.
  for (std::uint64_t open = 1; open > 0 && !failed(); --open)
    if (!skip_scalar(what, open))
      wrong_type(what, "a msgpack type in use");
}

status_result reader::finish(std::string_view what) {
  if (!failed() && at_ != data_.size())
    fail(errc::corrupt, std::string{what} + ": octets after the end");
  if (failure_)
    return *failure_;
  return unit{};
}

} // namespace troupe::wire
