#pragma once

#include "actors/gateway/stream/channels.hpp"
#include "runtime/websocket/session.hpp"

#include <optional>

namespace troupe::gateway {

/// v4 and v5.channel.k8s.io over WebSocket: the first octet of a message is its
/// channel; in v5 a message of 255 and a channel closes that channel.
class websocket_channels final : public channels {
public:
  explicit websocket_channels(bool closes_channels)
      : closes_channels_(closes_channels) {}

  result<std::vector<channel_event>> receive(bytes_view octets) override;
  void send(node_io::channel channel, bytes_view data) override;
  void finish(bytes_view status) override;
  bytes take_output() override { return session_.take_output(); }
  std::size_t held_back() const override { return 0; }

private:
  void take(websocket::message_piece& piece, std::vector<channel_event>& out);

  websocket::session session_;
  std::optional<std::uint8_t> channel_; ///< of the message that arrives
  bool input_ended_ = false;
  const bool closes_channels_;
};

} // namespace troupe::gateway
