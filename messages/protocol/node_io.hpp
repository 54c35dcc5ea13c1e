#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What a gateway opens at a node (`/node/<name>/io`): streams of a
/// container's output, or into one of its processes. Every stream message
/// begins with an octet that names its channel; the rest is its data.
namespace troupe::node_io {

/// Channels, with the numbers of Kubernetes' remote command protocol.
enum class channel : std::uint8_t {
  in = 0,     ///< server to node; an empty message ends it
  out = 1,    ///< node to server
  err = 2,    ///< node to server
  status = 3, ///< node to server, once, last: a Status as JSON
  resize = 4, ///< server to node: {"Width":80,"Height":25}
};

/// Which container; `pod_uid` guards against a pod of the same name.
struct container_ref {
  std::string ns;
  std::string pod;
  std::string pod_uid;
  std::string container;

  friend bool operator==(const container_ref&, const container_ref&) = default;
};

/// The stored output of a container: `out` messages, then `status`.
struct log_request {
  container_ref from;
  bool follow = false;
  bool previous = false; ///< of the incarnation before
  bool timestamps = false;
  std::optional<std::int64_t> tail_lines;
  std::optional<std::int64_t> limit_octets;
  std::optional<wall_time> since;

  friend bool operator==(const log_request&, const log_request&) = default;
};

/// A process in (exec) or the main process of (attach, no command) a container.
struct command_request {
  container_ref in;
  std::vector<std::string> command; ///< empty: attach
  bool stdin_ = false;
  bool stdout_ = false;
  bool stderr_ = false;
  bool tty = false;

  friend bool operator==(const command_request&,
                         const command_request&) = default;
};

/// Canonical octets; decoding fails with `corrupt` or `too_large`.
bytes encode(const log_request& value);
bytes encode(const command_request& value);
result<log_request> decode_log_request(bytes_view data);
result<command_request> decode_command_request(bytes_view data);

} // namespace troupe::node_io
