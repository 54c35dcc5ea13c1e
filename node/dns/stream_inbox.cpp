#include "node/dns/stream_inbox.hpp"

#include "node/dns/message.hpp"

namespace troupe::dns {

namespace {

constexpr std::size_t length_octets = 2;

unsigned octet(char c) {
  return static_cast<unsigned char>(c);
}

} // namespace

result<std::optional<bytes>> stream_inbox::next() {
  if (waiting_.size() < length_octets)
    return std::optional<bytes>{};
  const std::size_t length = octet(waiting_[0]) << 8 | octet(waiting_[1]);
  if (length > octets_max_)
    return error{errc::too_large, "a message of DNS that is too large"};
  if (waiting_.size() < length_octets + length)
    return std::optional<bytes>{};
  std::optional<bytes> out = waiting_.substr(length_octets, length);
  waiting_.erase(0, length_octets + length);
  return out;
}

bytes to_stream(bytes_view message) {
  TROUPE_CHECK(message.size() <= stream_octets_max,
               "a message's length fits into two octets");
  bytes out;
  out += static_cast<char>(message.size() >> 8);
  out += static_cast<char>(message.size() & 0xff);
  out += message;
  return out;
}

} // namespace troupe::dns
