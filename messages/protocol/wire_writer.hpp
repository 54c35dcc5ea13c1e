#pragma once

#include "messages/base/bytes.hpp"

#include <cstddef>
#include <cstdint>

namespace troupe::wire {

/// Writes one msgpack value, canonically: minimal integers, minimal headers.
/// The caller writes map fields in ascending order of id and leaves out those
/// that hold their default, so that equal values have equal octets.
class writer {
public:
  writer() = default;

  /// Appends to `head`.
  explicit writer(bytes head) : out_(std::move(head)) {}

  /// Opens a map; that many `field`s, each with one value, must follow.
  void map(std::size_t fields);

  /// Opens an array; that many values must follow.
  void array(std::size_t elements);

  /// The id of the next field.
  void field(std::uint64_t id) { number(id); }

  void number(std::uint64_t value);
  void signed_number(std::int64_t value);
  void boolean(bool value);

  /// Octets (msgpack bin).
  void octets(bytes_view value);

  /// UTF-8 text (msgpack str).
  void text(std::string_view value);

  /// Octets that are one or more whole values already.
  void encoded(bytes_view values) { out_.append(values); }

  bytes take() && { return std::move(out_); }

private:
  bytes out_;
};

} // namespace troupe::wire
