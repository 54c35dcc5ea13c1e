#include "runtime/bus/bus_core.hpp"

#include <algorithm>
#include <utility>

namespace troupe::bus {

namespace {

std::string address_of(const bus_peer& process) {
  return "/" + process.role + "/" + process.name;
}

/// Watches are resumed where they ended; who follows a log or a command has to
/// begin again.
stream_patience patience_on(lane value) {
  return value == lane::control ? short_patience : stream_patience{};
}

} // namespace

bus_core::bus_core(std::string cluster_uid, bus_peer self,
                   std::uint64_t incarnation)
    : cluster_uid_{std::move(cluster_uid)}, self_{std::move(self)},
      incarnation_{incarnation} {
  TROUPE_CHECK(is_process(self_), "only processes have a place on the bus");
  TROUPE_CHECK(incarnation_ != 0, "incarnation 0 stands for none");
}

// -- asks ---------------------------------------------------------------------

std::uint64_t bus_core::ask(const std::string& address, message_type type,
                            bytes payload, mono_time deadline, mono_time now,
                            bus_effects& out) {
  const auto id = ++last_id_;
  auto fail = [&](errc code, std::string why) {
    out.push_back(ask_ended{id, error{code, std::move(why)}});
    return id;
  };
  const auto to = process_of(address);
  if (!to)
    return fail(errc::invalid_argument, "\"" + address + "\" is no address");
  if (payload.size() > bus_message_max)
    return fail(errc::too_large, "a request is too large for the bus");
  if (deadline <= now)
    return fail(errc::unavailable, "the request's deadline has passed");
  if (!asks_.add(id, *to, deadline))
    return fail(errc::unavailable, "too many requests wait for an answer");
  auto value = envelope_to(address, 0);
  value.correlation_id = id;
  value.time_left = deadline - now;
  value.type = type;
  value.payload = std::move(payload);
  if (!put(value, *to, lane_of(type), id, out))
    end_ask(id, errc::too_large, "a request is too large for the bus", out);
  return id;
}

void bus_core::answer(const return_address& to, bus_answer answer,
                      bus_effects& out) {
  if (answer.type == message_type{})
    answer = {message_type::no_answer, std::move(answer.payload)};
  if (answer.payload.size() > bus_message_max)
    answer = {message_type::no_answer, "the answer is too large for the bus"};
  auto value = envelope_to(to.address, to.incarnation);
  value.correlation_id = to.correlation_id;
  value.type = answer.type;
  value.payload = std::move(answer.payload);
  put(value, to.to, to.lane, 0, out);
}

void bus_core::end_ask(std::uint64_t id, errc code, std::string why,
                       bus_effects& out) {
  if (asks_.drop(id))
    out.push_back(ask_ended{id, error{code, std::move(why)}});
}

// -- this process's ends of streams -------------------------------------------

stream_id bus_core::open(const std::string& address, message_type type,
                         bytes payload, mono_time now, bus_effects& out) {
  const auto id = ++last_id_;
  auto fail = [&](std::string why) {
    out.push_back(
        stream_heard{id, stream_ended{stream_end::refused, std::move(why)}});
    return id;
  };
  auto to = process_of(address);
  if (!to)
    return fail("\"" + address + "\" is no address");
  if (payload.size() > bus_message_max)
    return fail("the request is too large for the bus");
  if (streams_.size() >= streams_max)
    return fail("too many streams are open");
  stream_effects effects;
  const auto on = lane_of(type);
  stream one{stream_fsm::opener(type, std::move(payload), now, effects,
                                patience_on(on))};
  one.peer = std::move(*to);
  one.wire_id = id;
  one.lane = on;
  one.own_address = address_of(self_);
  one.peer_address = address;
  carry(streams_.emplace(id, std::move(one)).first, std::move(effects), out);
  return id;
}

template <class F>
void bus_core::with(stream_id id, bus_effects& out, F&& use) {
  auto found = streams_.find(id);
  if (found == streams_.end())
    return;
  stream_effects effects;
  use(found->second.fsm, effects);
  carry(found, std::move(effects), out);
}

void bus_core::accept(stream_id id, mono_time now, bus_effects& out) {
  with(id, out, [&](auto& fsm, auto& effects) { fsm.accept(now, effects); });
}

void bus_core::refuse(stream_id id, std::string why, bus_effects& out) {
  with(id, out,
       [&](auto& fsm, auto& effects) { fsm.refuse(std::move(why), effects); });
}

bool bus_core::send(stream_id id, bytes message, mono_time now,
                    bus_effects& out) {
  bool taken = false;
  with(id, out, [&](auto& fsm, auto& effects) {
    taken = fsm.send(std::move(message), now, effects);
  });
  return taken;
}

void bus_core::consumed(stream_id id, std::size_t octets, mono_time now,
                        bus_effects& out) {
  with(id, out,
       [&](auto& fsm, auto& effects) { fsm.consumed(octets, now, effects); });
}

void bus_core::half_close(stream_id id, mono_time now, bus_effects& out) {
  with(id, out,
       [&](auto& fsm, auto& effects) { fsm.half_close(now, effects); });
}

void bus_core::reset(stream_id id, std::string why, bus_effects& out) {
  with(id, out,
       [&](auto& fsm, auto& effects) { fsm.reset(std::move(why), effects); });
}

std::size_t bus_core::queued(stream_id id) const {
  const auto found = streams_.find(id);
  return found == streams_.end() ? 0 : found->second.fsm.queued();
}

/// Turns a stream's effects into the process's, and forgets an ended one.
void bus_core::carry(stream_map::iterator at, stream_effects effects,
                     bus_effects& out) {
  auto& [id, one] = *at;
  for (auto& frame : effects.frames)
    put_frame(one, std::move(frame), id, out);
  for (auto& event : effects.events)
    out.push_back(stream_heard{id, std::move(event)});
  plan_wake(at);
  if (!one.fsm.ended())
    return;
  if (!one.opened_here)
    accepted_.erase(
        {one.peer.role, one.peer.name, one.peer_incarnation, one.wire_id});
  streams_.erase(at);
}

void bus_core::plan_wake(stream_map::iterator at) {
  auto& [id, one] = *at;
  const auto next = one.fsm.next_wake();
  // Traffic moves it all the time: a wake too early looks again.
  if (next >= one.wake && !one.fsm.ended())
    return;
  wakes_.erase({one.wake, id});
  one.wake = next;
  if (next != mono_time::max())
    wakes_.emplace(next, id);
}

// -- writing ------------------------------------------------------------------

envelope bus_core::envelope_to(std::string address,
                               std::uint64_t incarnation) const {
  envelope out;
  out.cluster_uid = cluster_uid_;
  out.sender = address_of(self_);
  out.incarnation = incarnation_;
  out.recipient = std::move(address);
  out.recipient_incarnation = incarnation;
  return out;
}

bool bus_core::put(const envelope& value, const bus_peer& to, lane on,
                   std::uint64_t undelivered, bus_effects& out) const {
  auto octets = encode_envelope(value);
  if (!octets)
    return false;
  publish effect;
  effect.lane = on;
  effect.subject = to_string(subject{cluster_uid_, self_, to, on});
  if (undelivered != 0)
    effect.reply_to = nobody_subject(cluster_uid_, self_, on, undelivered);
  effect.octets = std::move(*octets);
  effect.undelivered = undelivered;
  out.push_back(std::move(effect));
  return true;
}

void bus_core::put_frame(const stream& one, stream_frame frame, stream_id id,
                         bus_effects& out) const {
  const bool opens = frame.kind == frame_kind::open;
  // "any" would hand it to some server, not to the one that was offered it.
  if (!opens && one.peer.name == any_name && one.peer_incarnation == 0)
    return;
  auto value = envelope_to(one.peer_address, one.peer_incarnation);
  value.sender = one.own_address;
  value.correlation_id = one.wire_id;
  value.type = message_type::stream_frame;
  value.payload = encode_frame(frame);
  const bool asks = opens || frame.kind == frame_kind::idle;
  put(value, one.peer, one.lane, asks ? id : 0, out);
}

// -- reading ------------------------------------------------------------------

void bus_core::on_message(std::string_view subject_text, bytes_view octets,
                          mono_time now, bus_effects& out) {
  const auto from = parse_subject(subject_text);
  auto value = decode_envelope(octets);
  if (!from || !value || from->cluster_uid != cluster_uid_
      || value->cluster_uid != cluster_uid_ || !answers_for(self_, from->to)) {
    ++dropped_;
    return;
  }
  if (value->type == message_type::stream_frame)
    on_frame(*from, std::move(*value), now, out);
  else if (value->recipient_incarnation != 0)
    on_answer(*from, std::move(*value), out);
  else
    on_request(*from, std::move(*value), now, out);
}

void bus_core::on_request(const subject& from, envelope value, mono_time now,
                          bus_effects& out) {
  if (!value.time_left || value.correlation_id == 0) {
    ++dropped_;
    return;
  }
  request_came effect;
  effect.from = {from.from, value.sender, value.incarnation,
                 value.correlation_id, from.lane};
  effect.request = {from.from, std::move(value.recipient), value.type,
                    std::move(value.payload),
                    now + std::min(*value.time_left, time_left_max)};
  out.push_back(std::move(effect));
}

void bus_core::on_answer(const subject& from, envelope value,
                         bus_effects& out) {
  if (value.recipient_incarnation != incarnation_
      || !asks_.take(value.correlation_id, from.from)) {
    ++dropped_;
    return;
  }
  if (value.type == message_type::no_answer) {
    auto why = value.payload.empty() ? "the receiver gave no answer"
                                     : std::move(value.payload);
    out.push_back(ask_ended{value.correlation_id,
                            error{errc::unavailable, std::move(why)}});
    return;
  }
  out.push_back(
      ask_ended{value.correlation_id,
                bus_answer{value.type, std::move(value.payload), from.from}});
}

void bus_core::on_frame(const subject& from, envelope value, mono_time now,
                        bus_effects& out) {
  auto frame = decode_frame(value.payload);
  if (!frame) {
    ++dropped_;
    return;
  }
  if (frame->kind == frame_kind::open)
    return on_open(from, value, std::move(*frame), now, out);
  // An opener that gives up early knows nothing of the other side's life.
  const bool for_this_life =
      value.recipient_incarnation == incarnation_
      || (value.recipient_incarnation == 0 && !frame->to_opener);
  auto found =
      for_this_life ? find_stream(from, value, *frame) : streams_.end();
  if (found == streams_.end())
    return say_unknown(from, value, *frame, out);
  auto& one = found->second;
  if (one.peer_incarnation == 0) {
    one.peer = from.from;
    one.peer_incarnation = value.incarnation;
  }
  stream_effects effects;
  one.fsm.on_frame(std::move(*frame), now, effects);
  carry(found, std::move(effects), out);
}

void bus_core::on_open(const subject& from, const envelope& value,
                       stream_frame frame, mono_time now, bus_effects& out) {
  const wire_key key{from.from.role, from.from.name, value.incarnation,
                     value.correlation_id};
  if (accepted_.contains(key)) {
    ++dropped_;
    return;
  }
  const auto id = ++last_id_;
  stream one{stream_fsm::acceptor(now, patience_on(from.lane))};
  one.peer = from.from;
  one.peer_incarnation = value.incarnation;
  one.wire_id = value.correlation_id;
  one.lane = from.lane;
  one.own_address = value.recipient;
  one.peer_address = value.sender;
  one.opened_here = false;
  const bool full = streams_.size() >= streams_max;
  accepted_.emplace(key, id);
  streams_.emplace(id, std::move(one));
  if (full)
    return refuse(id, "too many streams are open", out);
  bus_request request{from.from, value.recipient, frame.type,
                      std::move(frame.data), mono_time::max()};
  out.push_back(stream_came{id, std::move(request)});
}

bus_core::stream_map::iterator
bus_core::find_stream(const subject& from, const envelope& value,
                      const stream_frame& frame) {
  if (!frame.to_opener) {
    const auto found =
        accepted_.find({from.from.role, from.from.name, value.incarnation,
                        value.correlation_id});
    return found == accepted_.end() ? streams_.end()
                                    : streams_.find(found->second);
  }
  const auto found = streams_.find(value.correlation_id);
  if (found == streams_.end() || !found->second.opened_here
      || !answers_for(from.from, found->second.peer))
    return streams_.end();
  const auto known = found->second.peer_incarnation;
  return known == 0 || known == value.incarnation ? found : streams_.end();
}

void bus_core::say_unknown(const subject& from, const envelope& value,
                           const stream_frame& frame, bus_effects& out) const {
  if (frame.kind == frame_kind::reset || frame.kind == frame_kind::refuse
      || frame.kind == frame_kind::unknown)
    return;
  stream_frame word;
  word.kind = frame_kind::unknown;
  word.to_opener = !frame.to_opener;
  auto reply = envelope_to(value.sender, value.incarnation);
  reply.correlation_id = value.correlation_id;
  reply.type = message_type::stream_frame;
  reply.payload = encode_frame(word);
  put(reply, from.from, from.lane, 0, out);
}

void bus_core::nobody(std::uint64_t id, std::string why, mono_time now,
                      bus_effects& out) {
  end_ask(id, errc::unavailable, why, out);
  const auto found = streams_.find(id);
  if (found == streams_.end())
    return;
  const auto& one = found->second;
  if (one.fsm.is_open() && one.lane == lane::control)
    for (auto ask : asks_.asked_of(one.peer))
      end_ask(ask, errc::unavailable, why, out);
  with(id, out, [&](auto& fsm, auto&) { fsm.nobody(std::move(why), now); });
}

void bus_core::unsent(std::uint64_t id, std::string why, mono_time now,
                      bus_effects& out) {
  const auto found = streams_.find(id);
  if (found == streams_.end() || !found->second.fsm.is_open())
    nobody(id, std::move(why), now, out);
}

// -- time ---------------------------------------------------------------------

void bus_core::tick(mono_time now, bus_effects& out) {
  for (auto id : asks_.expire(now))
    out.push_back(ask_ended{
        id, error{errc::unavailable, "no answer before the deadline"}});
  while (!wakes_.empty() && wakes_.begin()->first <= now) {
    auto one = streams_.find(wakes_.begin()->second);
    wakes_.erase(wakes_.begin());
    TROUPE_CHECK(one != streams_.end(), "an ended stream has no wake");
    one->second.wake = mono_time::max();
    stream_effects effects;
    one->second.fsm.tick(now, effects);
    carry(one, std::move(effects), out);
  }
}

mono_time bus_core::next_wake() const {
  const auto asks = asks_.next_wake().value_or(mono_time::max());
  return wakes_.empty() ? asks : std::min(asks, wakes_.begin()->first);
}

void bus_core::end_all(const std::string& why, bus_effects& out) {
  for (auto id : asks_.clear())
    out.push_back(ask_ended{id, error{errc::unavailable, why}});
  while (!streams_.empty())
    reset(streams_.begin()->first, why, out);
}

} // namespace troupe::bus
