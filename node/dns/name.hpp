#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Names on the wire (RFC 1035 3.1, 4.1.4) and as text. Pure.
namespace troupe::dns {

/// Octets of a name on the wire, its final zero counted.
inline constexpr std::size_t name_octets_max = 255;
inline constexpr std::size_t label_octets_max = 63;

struct read_name {
  std::string text;
  std::size_t end = 0; ///< where the message goes on after it
};

/// Reads the name at `at` of a message. A compression pointer leads strictly
/// backwards, and not into the header: whatever it leads to, reading ends.
result<read_name> name_at(bytes_view message, std::size_t at);

/// The text of a name that a person wrote: lower case, no dot at the end. An
/// error when it does not fit on the wire.
result<std::string> to_name_text(std::string_view written);

/// One label of a text in the octets of the wire.
bytes label_octets(std::string_view label);

/// Whether `name` is `zone` or below it.
bool is_within(std::string_view name, std::string_view zone);

/// The address of "4.3.2.1.in-addr.arpa", or of all 32 digits below ip6.arpa.
std::optional<ip_address> reverse_address(std::string_view name);

/// The name at which an address is looked up.
std::string reverse_name(const ip_address& address);

} // namespace troupe::dns
