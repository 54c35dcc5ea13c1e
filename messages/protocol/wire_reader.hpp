#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace troupe::wire {

/// Most values one inside the other.
inline constexpr std::size_t depth_max = 16;

/// Most fields of one map.
inline constexpr std::size_t fields_max = 64;

/// What to do with a field id the reader does not know: a message tolerates
/// the fields of newer versions, a replicated command must not, because a
/// replica that skips what another applies diverges.
enum class unknown_field { skip, refuse };

/// Reads one msgpack value in order, without copying. The first failure
/// sticks: later calls return zero values and `finish` names it, so a decoder
/// reads straight through and asks once. Integers and lengths must be minimal
/// and field ids ascend strictly, as `writer` makes them.
///
/// `what` names the part being read in the failure's sentence.
class reader {
public:
  explicit reader(bytes_view data) : data_(data) {}

  bool failed() const noexcept { return failure_.has_value(); }

  /// Marks the value as unreadable; the first mark stands.
  void fail(errc code, std::string message);

  std::uint64_t number(std::string_view what);
  std::int64_t signed_number(std::string_view what);
  bool boolean(std::string_view what);

  /// At most `max` octets, else `too_large`. The view lives as long as the
  /// data given to the constructor.
  bytes_view octets(std::string_view what, std::size_t max);
  std::string_view text(std::string_view what, std::size_t max);

  /// Opens an array of at most `max` elements.
  std::size_t array(std::string_view what, std::size_t max);

  /// Reads a map: calls `read(id)` for each field, which reads the value and
  /// returns true, or returns false for an id it does not know.
  template <class F>
  void fields(std::string_view what, unknown_field unknown, F&& read) {
    auto count = open_map(what);
    std::uint64_t last = 0;
    for (std::size_t i = 0; i < count && !failed(); ++i) {
      auto id = number(what);
      if (id <= last)
        fail(errc::corrupt, std::string{what} + ": field ids must ascend");
      else if (!read(id))
        on_unknown(what, id, unknown);
      last = id;
    }
    close_map();
  }

  /// Reads a map with exactly one field, the tag of a sum type. `read(id)` as
  /// above; an unknown tag fails as `unsupported`.
  template <class F>
  void tagged(std::string_view what, F&& read) {
    auto count = open_map(what);
    if (!failed() && count != 1)
      fail(errc::corrupt, std::string{what} + ": expected exactly one tag");
    if (!failed()) {
      auto id = number(what);
      if (!failed() && !read(id))
        on_unknown(what, id, unknown_field::refuse);
    }
    close_map();
  }

  /// Passes over one value of any type.
  void skip(std::string_view what);

  /// Success when everything was read and nothing is left over.
  status_result finish(std::string_view what);

private:
  std::size_t open_map(std::string_view what);
  void close_map() noexcept { --depth_; }
  void on_unknown(std::string_view what, std::uint64_t id,
                  unknown_field policy);
  std::uint8_t head(std::string_view what);
  std::uint64_t big_endian(std::string_view what, std::size_t width);
  std::uint64_t minimal(std::string_view what, std::size_t width);
  bytes_view take(std::string_view what, std::uint64_t size);
  bool skip_scalar(std::string_view what, std::uint64_t& open);
  void wrong_type(std::string_view what, std::string_view wanted);

  bytes_view data_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::optional<error> failure_;
};

/// Reads a whole message that tolerates fields of newer versions: calls
/// `read_field(reader, id, value)` for each, as in `reader::fields`.
template <class T, class F>
result<T> read_message(bytes_view data, std::string_view what, F&& read_field) {
  reader in{data};
  T value;
  in.fields(what, unknown_field::skip,
            [&](std::uint64_t id) { return read_field(in, id, value); });
  auto done = in.finish(what);
  if (!done)
    return done.error();
  return value;
}

} // namespace troupe::wire
