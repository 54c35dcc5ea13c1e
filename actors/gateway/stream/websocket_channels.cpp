#include "actors/gateway/stream/websocket_channels.hpp"

namespace troupe::gateway {

namespace {

using node_io::channel;

/// The v5 channel whose data are channels to close.
constexpr std::uint8_t close_channel = 255;

} // namespace

result<std::vector<channel_event>>
websocket_channels::receive(bytes_view octets) {
  auto events = session_.receive(octets);
  if (!events)
    return std::move(events).error();
  std::vector<channel_event> out;
  for (auto& one : *events)
    if (auto* piece = std::get_if<websocket::message_piece>(&one))
      take(*piece, out);
    else
      out.emplace_back(client_left{});
  return out;
}

void websocket_channels::take(websocket::message_piece& piece,
                              std::vector<channel_event>& out) {
  if (piece.first)
    channel_.reset();
  if (!channel_ && !piece.octets.empty()) {
    channel_ = static_cast<std::uint8_t>(piece.octets.front());
    piece.octets.erase(0, 1);
  }
  if (!channel_ || piece.octets.empty())
    return;
  const bool is_input = *channel_ == static_cast<std::uint8_t>(channel::in);
  if ((is_input && !input_ended_)
      || *channel_ == static_cast<std::uint8_t>(channel::resize)) {
    out.emplace_back(channel_input{static_cast<channel>(*channel_),
                                   std::move(piece.octets)});
  } else if (*channel_ == close_channel && closes_channels_
             && piece.octets.front() == static_cast<char>(channel::in)
             && !std::exchange(input_ended_, true)) {
    out.emplace_back(input_ended{});
  }
}

void websocket_channels::send(channel to, bytes_view data) {
  bytes message{static_cast<char>(to)};
  session_.send(message.append(data));
}

void websocket_channels::finish(bytes_view status) {
  send(channel::status, status);
  session_.close(websocket::close_code::normal);
}

} // namespace troupe::gateway
