#pragma once

#include "actors/gateway/stream/channels.hpp"
#include "runtime/spdy/session.hpp"

#include <map>

namespace troupe::gateway {

/// v4.channel.k8s.io over SPDY/3.1: the client opens a stream for each channel,
/// named by the header `streamtype`; the status goes to the stream `error`. A
/// client waits for the end of its output streams before it reads the status.
class spdy_channels final : public channels {
public:
  /// Waits for the streams that `request` asks for.
  explicit spdy_channels(const node_io::command_request& request);

  result<std::vector<channel_event>> receive(bytes_view octets) override;
  void send(node_io::channel channel, bytes_view data) override;
  void finish(bytes_view status) override;
  bytes take_output() override { return session_.take_output(); }
  std::size_t held_back() const override { return session_.held_back(); }

private:
  void take(spdy::event& one, std::vector<channel_event>& out);
  void open(const spdy::stream_opened& one, std::vector<channel_event>& out);
  void take_data(spdy::stream_data& one, std::vector<channel_event>& out);
  void end_input(spdy::stream_id id, std::vector<channel_event>& out);

  spdy::session session_;
  /// The streams to be opened; 0 until then.
  std::map<node_io::channel, spdy::stream_id> streams_;
  bool ready_ = false;
  bool input_ended_ = false;
};

} // namespace troupe::gateway
