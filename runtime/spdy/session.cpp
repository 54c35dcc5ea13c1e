#include "runtime/spdy/session.hpp"

#include "messages/base/check.hpp"

#include <algorithm>

namespace troupe::spdy {

namespace {

/// Section 2.6.8.
constexpr std::int64_t default_window = 64 * 1024;
constexpr std::int64_t window_max = 0x7fffffff;
constexpr std::uint32_t initial_window_setting = 7;

/// Consumed octets announced at a time: half a window.
constexpr std::size_t announce_min = 32 * 1024;

/// Octets of one data frame we send.
constexpr std::size_t data_piece_max = 32 * 1024;

error broken(const char* what) {
  return error{errc::corrupt, std::string{"SPDY: "} + what};
}

} // namespace

session::session() : window_(default_window), initial_window_(default_window) {
  // nop
}

result<std::vector<event>> session::receive(bytes_view octets) {
  std::vector<event> out;
  auto frames = reader_.read(octets);
  status_result taken = unit{};
  if (!frames)
    taken = std::move(frames).error();
  else
    for (auto& one : *frames)
      if (taken = take(one, out); !taken)
        break;
  if (taken)
    return out;
  go_away(goaway_code::protocol_error);
  return std::move(taken).error();
}

status_result session::take(frame& value, std::vector<event>& out) {
  if (auto* it = std::get_if<syn_stream>(&value))
    return open(*it, out);
  if (auto* it = std::get_if<data>(&value))
    return take_data(*it, out);
  if (const auto* it = std::get_if<window_update>(&value))
    return widen(*it);
  if (const auto* it = std::get_if<settings>(&value))
    return set(*it);
  if (const auto* it = std::get_if<ping>(&value)) {
    // Odd ids are the client's own; an even one would answer a ping of ours.
    if (it->id % 2 == 1)
      write(*it);
  } else if (const auto* it = std::get_if<rst_stream>(&value)) {
    const auto found = streams_.find(it->id);
    if (found == streams_.end())
      return unit{};
    held_back_ -= found->second.left();
    streams_.erase(found);
    out.emplace_back(stream_reset{it->id, it->code});
  } else if (const auto* it = std::get_if<more_headers>(&value)) {
    if (it->fin)
      finish_there(it->id, out);
  } else if (std::holds_alternative<goaway>(value)) {
    out.emplace_back(client_leaves{});
  }
  return unit{};
}

/// Section 2.3.2: a client's ids are odd and rise.
status_result session::open(syn_stream& value, std::vector<event>& out) {
  if (value.id % 2 == 0 || value.id <= last_)
    return broken("a stream's id is not odd and higher than the last");
  last_ = value.id;
  if (gone_ || streams_.size() >= streams_max) {
    write(rst_stream{value.id, reset_code::refused_stream});
    return unit{};
  }
  streams_[value.id].window = initial_window_;
  out.emplace_back(stream_opened{value.id, std::move(value.values)});
  if (value.fin)
    finish_there(value.id, out);
  return unit{};
}

status_result session::take_data(data& value, std::vector<event>& out) {
  const auto found = streams_.find(value.id);
  if (found == streams_.end()) {
    // What crossed the end of a stream on its way is no error.
    if (value.id > last_)
      write(rst_stream{value.id, reset_code::invalid_stream});
    return unit{};
  }
  if (found->second.finished_there)
    return broken("data behind the end of its stream");
  if (!value.octets.empty())
    out.emplace_back(stream_data{value.id, std::move(value.octets)});
  if (value.fin)
    finish_there(value.id, out);
  return unit{};
}

status_result session::widen(const window_update& value) {
  windows_count_ = true;
  const auto found = streams_.find(value.id);
  if (value.id != 0 && found == streams_.end())
    return unit{};
  auto& window = value.id == 0 ? window_ : found->second.window;
  window += value.delta;
  if (window > window_max)
    return broken("a window is wider than 2^31-1");
  flush_all();
  return unit{};
}

status_result session::set(const settings& value) {
  for (const auto& [id, number] : value.values) {
    if (id != initial_window_setting)
      continue;
    if (number > window_max)
      return broken("a window is wider than 2^31-1");
    const auto change = std::int64_t{number} - initial_window_;
    initial_window_ = number;
    for (auto& one : streams_)
      one.second.window += change;
  }
  flush_all();
  return unit{};
}

void session::write(const frame& value) {
  output_ += writer_.write(value);
}

void session::accept(stream_id id) {
  if (streams_.contains(id))
    write(syn_reply{id, {}, false});
}

void session::refuse(stream_id id) {
  if (streams_.erase(id) > 0)
    write(rst_stream{id, reset_code::refused_stream});
}

void session::send(stream_id id, bytes_view octets) {
  const auto found = streams_.find(id);
  if (found == streams_.end() || found->second.finished_here)
    return;
  found->second.waiting += octets;
  held_back_ += octets.size();
  flush(id);
}

void session::finish(stream_id id) {
  const auto found = streams_.find(id);
  if (found == streams_.end() || found->second.finished_here)
    return;
  found->second.finished_here = true;
  if (found->second.left() == 0)
    write(data{id, {}, true});
  end_if_finished(id);
}

/// Sends what waits on a stream, as far as the windows go.
void session::flush(stream_id id) {
  auto& from = streams_.at(id);
  while (from.left() > 0) {
    auto length = std::min(from.left(), data_piece_max);
    if (windows_count_) {
      const auto room = std::min(from.window, window_);
      if (room <= 0)
        break;
      length = std::min(length, static_cast<std::size_t>(room));
    }
    from.window -= static_cast<std::int64_t>(length);
    window_ -= static_cast<std::int64_t>(length);
    write(data{id, from.waiting.substr(from.sent, length), false});
    from.sent += length;
    held_back_ -= length;
  }
  // Seldom, or windows of an octet would have it all moved each time.
  if (from.sent >= from.left())
    from.waiting.erase(0, std::exchange(from.sent, std::size_t{0}));
}

void session::flush_all() {
  std::vector<stream_id> waiting;
  for (const auto& [id, one] : streams_)
    if (one.left() > 0)
      waiting.push_back(id);
  for (const auto id : waiting) {
    flush(id);
    const auto& one = streams_.at(id);
    if (one.left() == 0 && one.finished_here) {
      write(data{id, {}, true});
      end_if_finished(id);
    }
  }
}

void session::finish_there(stream_id id, std::vector<event>& out) {
  const auto found = streams_.find(id);
  if (found == streams_.end() || found->second.finished_there)
    return;
  found->second.finished_there = true;
  out.emplace_back(stream_finished{id});
  end_if_finished(id);
}

void session::end_if_finished(stream_id id) {
  const auto found = streams_.find(id);
  TROUPE_CHECK(found != streams_.end(), "only a stream there is ends");
  const auto& one = found->second;
  if (one.finished_here && one.finished_there && one.left() == 0)
    streams_.erase(found);
}

void session::consumed(stream_id id, std::size_t octets) {
  consumed_ += octets;
  announce(0, consumed_);
  const auto found = streams_.find(id);
  if (found == streams_.end() || found->second.finished_there)
    return;
  found->second.consumed += octets;
  announce(id, found->second.consumed);
}

void session::announce(stream_id id, std::size_t& consumed) {
  if (consumed < announce_min)
    return;
  write(window_update{
      id, static_cast<std::uint32_t>(std::exchange(consumed, std::size_t{0}))});
}

void session::go_away(goaway_code code) {
  if (!std::exchange(gone_, true))
    write(goaway{last_, code});
}

} // namespace troupe::spdy
