#pragma once

#include "messages/base/bytes.hpp"
#include "messages/protocol/wire_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::wire {

/// Writes a message's map field by field: what holds its default is left out,
/// and the count is kept on the way. Ids must be given in ascending order.
class field_writer {
public:
  void number(std::uint64_t id, std::uint64_t value) {
    if (value != 0)
      begin(id).number(value);
  }

  void boolean(std::uint64_t id, bool value) {
    if (value)
      begin(id).boolean(true);
  }

  void text(std::uint64_t id, std::string_view value) {
    if (!value.empty())
      begin(id).text(value);
  }

  void octets(std::uint64_t id, bytes_view value) {
    if (!value.empty())
      begin(id).octets(value);
  }

  /// Absent is told from any number.
  void signed_number(std::uint64_t id, std::optional<std::int64_t> value) {
    if (value)
      begin(id).signed_number(*value);
  }

  /// The same for an unsigned one.
  void maybe_number(std::uint64_t id, std::optional<std::uint64_t> value) {
    if (value)
      begin(id).number(*value);
  }

  /// A list of values, each written by `write(writer&, value)`; left out when
  /// empty.
  template <class List, class F>
  void list(std::uint64_t id, const List& values, F&& write) {
    if (values.empty())
      return;
    auto& out = begin(id);
    out.array(values.size());
    for (auto& value : values)
      write(out, value);
  }

  /// Octets that are one whole value already.
  void encoded(std::uint64_t id, bytes_view value) { begin(id).encoded(value); }

  bytes take() && {
    writer out;
    out.map(count_);
    out.encoded(std::move(body_).take());
    return std::move(out).take();
  }

private:
  writer& begin(std::uint64_t id) {
    ++count_;
    body_.field(id);
    return body_;
  }

  std::size_t count_ = 0;
  writer body_;
};

} // namespace troupe::wire
