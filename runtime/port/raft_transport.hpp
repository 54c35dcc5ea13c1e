#pragma once

#include "messages/base/bytes.hpp"
#include "messages/protocol/raft.hpp"

#include <functional>

namespace troupe {

/// Carries octets between the replicas of a group, each in a process of its
/// own. Any message may be lost, repeated or late; those to one replica mostly
/// keep their order.
class raft_transport_port {
public:
  virtual ~raft_transport_port() = default;

  /// Hands `message` over; never waits for the network. `bulk` ones travel
  /// beside the others and delay none of them.
  virtual void send(const raft::member_id& to, bytes message, bool bulk) = 0;
};

/// Hears what others sent; `from` is what the transport enforces, never the
/// message's own word. Called from the transport's threads; must not block.
using raft_receiver =
    std::function<void(const raft::member_id& from, bytes_view message)>;

} // namespace troupe
