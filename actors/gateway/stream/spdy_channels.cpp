#include "actors/gateway/stream/spdy_channels.hpp"

#include "messages/base/overload.hpp"

#include <algorithm>
#include <array>

namespace troupe::gateway {

namespace {

using node_io::channel;

constexpr std::array<std::pair<std::string_view, channel>, 5> stream_types = {{
    {"stdin", channel::in},
    {"stdout", channel::out},
    {"stderr", channel::err},
    {"error", channel::status},
    {"resize", channel::resize},
}};

} // namespace

spdy_channels::spdy_channels(const node_io::command_request& request) {
  streams_[channel::status] = 0;
  if (request.stdin_)
    streams_[channel::in] = 0;
  if (request.stdout_)
    streams_[channel::out] = 0;
  if (request.stderr_)
    streams_[channel::err] = 0;
  if (request.tty)
    streams_[channel::resize] = 0;
}

result<std::vector<channel_event>> spdy_channels::receive(bytes_view octets) {
  auto events = session_.receive(octets);
  if (!events)
    return std::move(events).error();
  std::vector<channel_event> out;
  for (auto& one : *events)
    take(one, out);
  return out;
}

void spdy_channels::take(spdy::event& one, std::vector<channel_event>& out) {
  std::visit(overload{
                 [&](spdy::stream_opened& it) { open(it, out); },
                 [&](spdy::stream_data& it) { take_data(it, out); },
                 [&](spdy::stream_finished& it) { end_input(it.id, out); },
                 [&](spdy::stream_reset& it) { end_input(it.id, out); },
                 [&](spdy::client_leaves&) { out.emplace_back(client_left{}); },
             },
             one);
}

void spdy_channels::open(const spdy::stream_opened& one,
                         std::vector<channel_event>& out) {
  const auto type =
      std::ranges::find(stream_types, spdy::find(one.values, "streamtype"),
                        [](const auto& row) { return row.first; });
  const auto place =
      type == stream_types.end() ? streams_.end() : streams_.find(type->second);
  if (place == streams_.end() || place->second != 0)
    return session_.refuse(one.id);
  place->second = one.id;
  session_.accept(one.id);
  if (!ready_ && std::ranges::all_of(streams_, [](const auto& row) {
        return row.second != 0;
      })) {
    ready_ = true;
    out.emplace_back(channels_ready{});
  }
}

void spdy_channels::take_data(spdy::stream_data& one,
                              std::vector<channel_event>& out) {
  // The socket is read no faster than the node takes it, so what was heard
  // counts as consumed.
  session_.consumed(one.id, one.octets.size());
  for (const auto to : {channel::in, channel::resize}) {
    const auto found = streams_.find(to);
    if (found != streams_.end() && found->second == one.id)
      out.emplace_back(channel_input{to, std::move(one.octets)});
  }
}

void spdy_channels::end_input(spdy::stream_id id,
                              std::vector<channel_event>& out) {
  const auto found = streams_.find(channel::in);
  if (found != streams_.end() && found->second == id
      && !std::exchange(input_ended_, true))
    out.emplace_back(input_ended{});
}

void spdy_channels::send(channel to, bytes_view data) {
  const auto found = streams_.find(to);
  if (found != streams_.end())
    session_.send(found->second, data);
}

void spdy_channels::finish(bytes_view status) {
  for (const auto to : {channel::out, channel::err}) {
    const auto found = streams_.find(to);
    if (found != streams_.end())
      session_.finish(found->second);
  }
  const auto last = streams_.at(channel::status);
  session_.send(last, status);
  session_.finish(last);
}

} // namespace troupe::gateway
