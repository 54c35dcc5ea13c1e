#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// The shape of netlink's messages (Linux, netlink(7) and rtnetlink(7)): fixed
/// headers in the machine's byte order, then attributes aligned to 4 octets.
/// Pure: octets in, octets out.
namespace troupe::sys {

/// A trivially copyable value as the kernel lays it out.
template <class T>
concept netlink_struct = std::is_trivially_copyable_v<T>;

/// One request under construction.
///
///     netlink_request request{RTM_NEWLINK, NLM_F_CREATE};
///     request.header(ifinfomsg{});
///     request.text(IFLA_IFNAME, "br0");
///     const auto info = request.begin(IFLA_LINKINFO);
///     request.text(IFLA_INFO_KIND, "bridge");
///     request.end(info);
class netlink_request {
public:
  /// NLM_F_REQUEST is always set.
  netlink_request(std::uint16_t type, std::uint16_t flags);

  /// The family's fixed header: the first thing, and within a nested attribute
  /// where the kernel expects one.
  template <netlink_struct T>
  void header(const T& value) {
    append({reinterpret_cast<const char*>(&value), sizeof value});
  }

  void attribute(std::uint16_t type, bytes_view payload);

  template <netlink_struct T>
  requires(!std::is_pointer_v<T> && !std::is_same_v<T, bytes_view>) void number(
      std::uint16_t type, const T& value) {
    attribute(type, {reinterpret_cast<const char*>(&value), sizeof value});
  }

  /// Text with the NUL the kernel expects.
  void text(std::uint16_t type, std::string_view value);

  /// Starts an attribute made of attributes; `end` takes what it returned.
  std::size_t begin(std::uint16_t type);
  void end(std::size_t started);

  /// The whole message with this sequence number.
  bytes finish(std::uint32_t sequence) const;

private:
  void append(bytes_view data);

  bytes out_;
};

/// An attribute in a received message; a view of its octets.
struct netlink_attribute {
  std::uint16_t type = 0; ///< without the nested and byte order flags
  bytes_view payload;
};

/// Attributes of one message at most; more are `too_large`.
inline constexpr std::size_t netlink_attributes_max = 256;

/// The attributes in `data`; `corrupt` when a length leaves it.
result<std::vector<netlink_attribute>> split_attributes(bytes_view data);

/// The payload of the last attribute of this type, or null.
const bytes_view* find_attribute(const std::vector<netlink_attribute>& all,
                                 std::uint16_t type);

/// The value of a payload that is as long as `T`, else `fallback`.
template <netlink_struct T>
T number_of(bytes_view payload, T fallback) {
  if (payload.size() != sizeof(T))
    return fallback;
  T out;
  std::memcpy(&out, payload.data(), sizeof out);
  return out;
}

/// The text of a payload up to its NUL, if it has one.
std::string text_of(bytes_view payload);

/// Takes a fixed header from the front of `data`; `corrupt` when it is shorter.
template <netlink_struct T>
result<T> take_header(bytes_view& data) {
  if (data.size() < sizeof(T))
    return error{errc::corrupt, "a netlink message ends within its header"};
  T out;
  std::memcpy(&out, data.data(), sizeof out);
  data.remove_prefix(std::min(data.size(), (sizeof(T) + 3) & ~std::size_t{3}));
  return out;
}

/// A received message; a view of its octets.
struct netlink_message {
  std::uint16_t type = 0;
  std::uint16_t flags = 0;
  std::uint32_t sequence = 0;
  bytes_view payload;
};

/// Messages of one datagram at most; more are `too_large`.
inline constexpr std::size_t netlink_messages_max = 4096;

/// The messages in a datagram; `corrupt` when a length leaves it.
result<std::vector<netlink_message>> split_datagram(bytes_view datagram);

/// How a request ended: what an NLMSG_ERROR or an NLMSG_DONE says.
struct netlink_ack {
  int error_number = 0; ///< errno's value; 0 for success
  std::string text;     ///< the kernel's own words, or empty
};

/// Reads a message of one of these two types.
result<netlink_ack> parse_ack(const netlink_message& message);

} // namespace troupe::sys
