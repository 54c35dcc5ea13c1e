#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "node/dns/record.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// DNS messages (RFC 1035 4, EDNS of RFC 6891) from and to octets. Pure.
namespace troupe::dns {

/// What a message without EDNS may have over UDP.
inline constexpr std::size_t plain_octets_max = 512;
/// What is sent over UDP at most, whatever the asker can take: it fits into a
/// packet everywhere (DNS flag day 2020).
inline constexpr std::size_t datagram_octets_max = 1232;
/// What a message over TCP can have.
inline constexpr std::size_t stream_octets_max = 65535;
/// Larger queries are not looked at.
inline constexpr std::size_t query_octets_max = 4096;

struct question {
  bytes name_octets; ///< as it was asked, in whatever case; no pointers
  std::string name;
  std::uint16_t type = 0;
  std::uint16_t class_ = 1;

  bool asks(record_type what) const {
    return type == static_cast<std::uint16_t>(what);
  }

  friend bool operator==(const question&, const question&) = default;
};

struct edns {
  std::size_t payload = plain_octets_max; ///< what its sender can take
  std::uint8_t version = 0;
  bool dnssec_ok = false;

  friend bool operator==(const edns&, const edns&) = default;
};

struct query {
  std::uint16_t id = 0;
  bool recursion_desired = false;
  question asked;
  std::optional<edns> extension;

  /// How large a response over UDP may be.
  std::size_t response_octets_max() const;

  friend bool operator==(const query&, const query&) = default;
};

/// What is wrong with what came instead of a query.
struct bad_query {
  /// The whole answer; empty: none is due, as to a response.
  bytes response;
};

result<query, bad_query> parse_query(bytes_view message);

question make_question(std::string_view name, record_type type);

/// The question in octets: what is sent to another server.
bytes encode_query(const query& what);

/// As large as `octets_max`: additional records are left out silently, and
/// where answers do not fit the response says that it is cut.
bytes encode_response(const query& to, const answer& what,
                      std::size_t octets_max);

/// A response that another server gave.
struct response {
  response_code code = response_code::no_error;
  bool truncated = false;
  /// Those of type A, AAAA and CNAME; what cannot be read ends them.
  std::vector<record> answers;
};

/// Whether `message` responds to `asked`: its id, its question. Else an error.
result<response> parse_response(bytes_view message, const query& asked);

/// The response with another id, and cut to its question when it is larger
/// than `octets_max`. `message` was parsed.
bytes relay_response(bytes_view message, const query& to,
                     std::size_t octets_max);

} // namespace troupe::dns
