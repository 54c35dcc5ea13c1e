#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// What a process answers about its actors on its inspection socket: one
/// packet each way, then the connection ends.
namespace troupe::actor_tree {

/// Octets of a packet, either way; more is refused.
inline constexpr std::size_t packet_max = 128 * 1024;

/// Rows of one answer; the rest is asked for with `after`.
inline constexpr std::size_t rows_max = 128;

/// Octets of an address.
inline constexpr std::size_t address_max = 512;

enum class verb : std::uint8_t {
  list = 1, ///< the actors after `address`
  kill = 2, ///< the actor at `address`
};

struct request {
  actor_tree::verb verb = verb::list;
  std::string address;

  friend bool operator==(const request&, const request&) = default;
};

/// One actor, as its door counts.
struct row {
  std::string address;
  std::string kind;
  std::string state; ///< "running"
  std::uint64_t restarts = 0;
  std::uint64_t waiting = 0;
  std::uint64_t handled = 0;
  std::uint64_t dropped = 0;
  duration uptime{}; ///< of this incarnation; not negative

  friend bool operator==(const row&, const row&) = default;
};

enum class outcome : std::uint8_t {
  done = 1,
  unknown = 2, ///< no actor has that address
  down = 3,    ///< it is between two incarnations
};

struct answer {
  actor_tree::outcome outcome = outcome::done;
  std::vector<row> rows; ///< ascending by address
  bool more = false;     ///< there are rows after the last

  friend bool operator==(const answer&, const answer&) = default;
};

/// Canonical octets; decoding fails with `corrupt`, `unsupported` or
/// `too_large`.
bytes encode(const request& value);
bytes encode(const answer& value);
result<request> decode_request(bytes_view data);
result<answer> decode_answer(bytes_view data);

} // namespace troupe::actor_tree
