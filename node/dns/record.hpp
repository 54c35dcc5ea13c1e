#pragma once

#include "messages/base/ip.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// What DNS messages say (RFC 1035), as values. Names are text: labels of lower
/// case joined by dots, without one at the end; the root is "". An octet that
/// is no letter, digit, '-' or '_' is written \DDD, so a dot is always between
/// two labels.
namespace troupe::dns {

/// The types that are made or read here; a question may have any other.
enum class record_type : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  txt = 16,
  aaaa = 28,
  srv = 33,
  opt = 41,
  any = 255,
};

enum class response_code : std::uint8_t {
  no_error = 0,
  format_error = 1,
  server_failure = 2,
  name_error = 3, ///< NXDOMAIN
  not_implemented = 4,
  refused = 5,
  bad_version = 16, ///< of EDNS; its high bits are in the OPT record
};

/// Of CNAME, NS and PTR.
struct name_data {
  std::string name;
  friend bool operator==(const name_data&, const name_data&) = default;
};

struct srv_data {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  std::string target;
  friend bool operator==(const srv_data&, const srv_data&) = default;
};

struct text_data {
  std::string text; ///< at most 255 octets
  friend bool operator==(const text_data&, const text_data&) = default;
};

struct soa_data {
  std::string server;
  std::string mailbox;
  std::uint32_t serial = 1;
  std::uint32_t refresh = 7200;
  std::uint32_t retry = 1800;
  std::uint32_t expire = 86400;
  std::uint32_t minimum = 5; ///< how long a "no" is good
  friend bool operator==(const soa_data&, const soa_data&) = default;
};

/// An address is A or AAAA.
using record_data =
    std::variant<ip_address, name_data, srv_data, text_data, soa_data>;

struct record {
  std::string owner;
  record_type type = record_type::a; ///< fits `data`
  std::uint32_t ttl = 0;             ///< seconds
  record_data data;
  friend bool operator==(const record&, const record&) = default;
};

/// The sections of a response.
struct answer {
  response_code code = response_code::no_error;
  bool authoritative = false;
  bool truncated = false; ///< more is known than stands here
  std::vector<record> answers;
  std::vector<record> authority;
  std::vector<record> additional;
  friend bool operator==(const answer&, const answer&) = default;
};

} // namespace troupe::dns
