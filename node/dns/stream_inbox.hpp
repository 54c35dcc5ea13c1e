#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <cstddef>
#include <optional>

namespace troupe::dns {

/// Messages out of the octets of a TCP connection: each has its length before
/// it, in two octets (RFC 1035 4.2.2). Pure.
class stream_inbox {
public:
  explicit stream_inbox(std::size_t octets_max) : octets_max_(octets_max) {}

  void add(bytes_view octets) { waiting_ += octets; }

  /// The next whole message; none yet; an error when it is to be larger than
  /// it may: then nothing after it can be read either.
  result<std::optional<bytes>> next();

private:
  std::size_t octets_max_;
  bytes waiting_;
};

/// A message as it is sent over TCP; at most 65,535 octets.
bytes to_stream(bytes_view message);

} // namespace troupe::dns
