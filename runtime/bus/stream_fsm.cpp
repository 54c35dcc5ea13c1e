#include "runtime/bus/stream_fsm.hpp"

#include "messages/base/check.hpp"

#include <algorithm>
#include <utility>

namespace troupe::bus {

stream_fsm stream_fsm::opener(message_type type, bytes payload, mono_time now,
                              stream_effects& out, stream_patience patience) {
  stream_fsm self{phase::opening, true, now, patience};
  self.put(frame_kind::open, out, {}, std::move(payload));
  out.frames.back().type = type;
  self.opening_ = out.frames.back();
  return self;
}

stream_fsm stream_fsm::acceptor(mono_time now, stream_patience patience) {
  return {phase::offered, false, now, patience};
}

// -- the holder ---------------------------------------------------------------

void stream_fsm::accept(mono_time now, stream_effects& out) {
  if (phase_ != phase::offered)
    return;
  phase_ = phase::open;
  last_heard_ = now;
  put_at(frame_kind::accept, now, out);
  flush(now, out);
}

void stream_fsm::refuse(std::string why, stream_effects& out) {
  if (phase_ != phase::offered)
    return;
  put(frame_kind::refuse, out, why);
  end(stream_end::refused, std::move(why), out);
}

bool stream_fsm::send(bytes message, mono_time now, stream_effects& out) {
  TROUPE_CHECK(!message.empty(), "a message of a stream says something");
  if (ended() || closing_)
    return false;
  if (message.size() > bus_message_max) {
    reset("a message of the stream is too large", out);
    return false;
  }
  if (queued_octets_ + message.size() > stream_queue_max) {
    reset("the receiver does not keep up", out);
    return false;
  }
  queued_octets_ += message.size();
  queue_.push_back(std::move(message));
  flush(now, out);
  was_blocked_ = was_blocked_ || !queue_.empty();
  return true;
}

void stream_fsm::consumed(std::size_t octets, mono_time now,
                          stream_effects& out) {
  if (ended())
    return;
  consumed_octets_ = std::min(consumed_octets_ + octets, heard_octets_);
  if (phase_ == phase::open
      && consumed_octets_ - announced_octets_ >= stream_window / 2)
    put_at(frame_kind::credit, now, out);
}

void stream_fsm::half_close(mono_time now, stream_effects& out) {
  if (ended())
    return;
  closing_ = true;
  flush(now, out);
}

void stream_fsm::reset(std::string why, stream_effects& out) {
  if (ended())
    return;
  put(frame_kind::reset, out, why);
  end(stream_end::reset, std::move(why), out);
}

void stream_fsm::nobody(std::string why, mono_time now) {
  if (phase_ == phase::opening)
    nobody_ = std::move(why);
  else if (phase_ == phase::open && !absent_since_)
    absent_since_ = now;
}

// -- the other side -----------------------------------------------------------

void stream_fsm::on_frame(stream_frame frame, mono_time now,
                          stream_effects& out) {
  if (ended())
    return;
  last_heard_ = now;
  absent_since_.reset();
  switch (frame.kind) {
    case frame_kind::reset:
      return end(stream_end::reset, std::move(frame.text), out);
    case frame_kind::unknown:
      return lose("the other side knows nothing of the stream", out);
    case frame_kind::open:
      return;
    case frame_kind::accept:
    case frame_kind::refuse:
      on_opened(frame, out);
      break;
    default:
      on_content(std::move(frame), out);
  }
  flush(now, out);
}

void stream_fsm::on_opened(const stream_frame& frame, stream_effects& out) {
  if (phase_ != phase::opening)
    return;
  if (frame.kind == frame_kind::refuse)
    return end(stream_end::refused, frame.text, out);
  phase_ = phase::open;
  opening_ = {};
}

void stream_fsm::on_content(stream_frame frame, stream_effects& out) {
  if (phase_ != phase::open)
    return lose("messages of the stream overtook its opening", out);
  if (!take_consumed(frame.consumed, out) || !take_sequence(frame, out))
    return;
  if (frame.kind == frame_kind::data)
    take_data(std::move(frame.data), out);
  if (frame.kind == frame_kind::half_close) {
    closed_there_ = true;
    out.events.push_back(stream_half_closed{});
    end_if_closed(out);
  }
}

bool stream_fsm::take_consumed(std::uint64_t total, stream_effects& out) {
  if (total > sent_octets_) {
    reset("more was consumed than sent", out);
    return false;
  }
  acknowledged_octets_ = std::max(acknowledged_octets_, total);
  return true;
}

/// Whether the frame brings what comes next.
bool stream_fsm::take_sequence(const stream_frame& frame, stream_effects& out) {
  const bool numbered =
      frame.kind == frame_kind::data || frame.kind == frame_kind::half_close;
  const auto next = heard_sequence_ + (numbered ? 1 : 0);
  if (frame.sequence > next) {
    lose("messages of the stream are missing", out);
    return false;
  }
  if (!numbered || frame.sequence < next)
    return false;
  if (closed_there_) {
    reset("messages followed the end of the stream", out);
    return false;
  }
  heard_sequence_ = next;
  return true;
}

void stream_fsm::take_data(bytes data, stream_effects& out) {
  // No window would bound how many of them wait for the holder.
  if (data.empty())
    return reset("a message of the stream is empty", out);
  heard_octets_ += data.size();
  if (heard_octets_ - consumed_octets_ > stream_window + bus_message_max)
    return reset("the sender exceeds the window", out);
  out.events.push_back(stream_message{std::move(data)});
}

// -- time ---------------------------------------------------------------------

void stream_fsm::tick(mono_time now, stream_effects& out) {
  if (ended() || phase_ == phase::offered)
    return;
  if (now - last_heard_ >= patience_.silence)
    return lose("nothing was heard of the other side", out);
  if (absent_since_ && now - *absent_since_ >= patience_.absence)
    return lose("the other side is not on the bus", out);
  if (phase_ == phase::open && now - last_sent_ >= stream_idle_interval)
    put_at(frame_kind::idle, now, out);
  if (phase_ == phase::opening && nobody_
      && now - last_sent_ >= stream_reopen_interval)
    open_again(now, out);
}

/// Nothing was heard yet: `last_heard_` is when it was opened first.
void stream_fsm::open_again(mono_time now, stream_effects& out) {
  auto why = *std::exchange(nobody_, std::nullopt);
  if (now - last_heard_ >= stream_reopen_max)
    return end(stream_end::refused, std::move(why), out);
  last_sent_ = now;
  out.frames.push_back(opening_);
}

mono_time stream_fsm::next_wake() const {
  if (phase_ == phase::offered || phase_ == phase::ended)
    return mono_time::max();
  auto end = last_heard_ + patience_.silence;
  if (phase_ == phase::opening && nobody_)
    return std::min(end, last_sent_ + stream_reopen_interval);
  if (phase_ == phase::opening)
    return end;
  if (absent_since_)
    end = std::min(end, *absent_since_ + patience_.absence);
  return std::min(end, last_sent_ + stream_idle_interval);
}

// -- sending ------------------------------------------------------------------

void stream_fsm::put(frame_kind kind, stream_effects& out, std::string text,
                     bytes data) {
  stream_frame frame;
  frame.kind = kind;
  frame.to_opener = !opener_;
  frame.sequence = sequence_;
  frame.consumed = consumed_octets_;
  frame.text = std::move(text);
  frame.data = std::move(data);
  announced_octets_ = consumed_octets_;
  out.frames.push_back(std::move(frame));
}

void stream_fsm::put_at(frame_kind kind, mono_time now, stream_effects& out,
                        bytes data) {
  last_sent_ = now;
  put(kind, out, {}, std::move(data));
}

void stream_fsm::flush(mono_time now, stream_effects& out) {
  if (phase_ != phase::open)
    return;
  while (!queue_.empty()
         && sent_octets_ - acknowledged_octets_ < stream_window) {
    auto message = std::move(queue_.front());
    queue_.pop_front();
    queued_octets_ -= message.size();
    sent_octets_ += message.size();
    ++sequence_;
    put_at(frame_kind::data, now, out, std::move(message));
  }
  if (!queue_.empty())
    return;
  if (std::exchange(was_blocked_, false))
    out.events.push_back(stream_drained{});
  if (closing_ && !closed_here_) {
    closed_here_ = true;
    ++sequence_;
    put_at(frame_kind::half_close, now, out);
    end_if_closed(out);
  }
}

// -- ending -------------------------------------------------------------------

void stream_fsm::end(stream_end how, std::string why, stream_effects& out) {
  phase_ = phase::ended;
  queue_.clear();
  queued_octets_ = 0;
  out.events.push_back(stream_ended{how, std::move(why)});
}

void stream_fsm::lose(std::string why, stream_effects& out) {
  put(frame_kind::reset, out, why);
  end(stream_end::lost, std::move(why), out);
}

void stream_fsm::end_if_closed(stream_effects& out) {
  if (closed_here_ && closed_there_)
    end(stream_end::closed, {}, out);
}

} // namespace troupe::bus
