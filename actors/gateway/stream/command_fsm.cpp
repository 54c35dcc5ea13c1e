#include "actors/gateway/stream/command_fsm.hpp"

#include "messages/api/status.hpp"
#include "messages/base/overload.hpp"

namespace troupe::gateway::command {

using node_io::channel;

fsm::fsm(std::unique_ptr<channels> client, std::string what_failed)
    : client_(std::move(client)), what_failed_(std::move(what_failed)) {
  // nop
}

std::vector<effect> fsm::step(input what) {
  if (phase_ != phase::ended)
    std::visit([this](auto& it) { on(it); }, what);
  return std::exchange(effects_, {});
}

void fsm::on(begin& it) {
  effects_.emplace_back(read_client{true});
  if (it.ready)
    open();
  else
    effects_.emplace_back(expire_client{opening_timeout});
}

void fsm::on(client_octets& it) {
  auto events = client_->receive(it.octets);
  if (!events) {
    flush();
    if (std::exchange(node_open_, false))
      effects_.emplace_back(reset_node{events.error().message});
    phase_ = phase::leaving;
    // Reading on would only repeat the failure.
    effects_.emplace_back(read_client{false});
    effects_.emplace_back(close_client{});
    return;
  }
  for (auto& one : *events)
    if (phase_ != phase::ended)
      hear(one);
  flush();
  settle();
}

void fsm::hear(channel_event& event) {
  std::visit(overload{
                 [&](channels_ready&) { open(); },
                 [&](channel_input& it) { forward(it); },
                 [&](input_ended&) {
                   to_node(bytes(1, static_cast<char>(channel::in)));
                 },
                 [&](client_left&) { end("the client left"); },
             },
             event);
}

void fsm::open() {
  if (phase_ != phase::opening)
    return;
  phase_ = phase::running;
  node_open_ = true;
  effects_.emplace_back(expire_client{});
  effects_.emplace_back(open_node{});
  for (auto& message : std::exchange(early_, {}))
    effects_.emplace_back(send_node{std::move(message)});
}

void fsm::forward(channel_input& it) {
  if (it.channel == channel::resize)
    return resize(it.octets);
  bytes message(1, static_cast<char>(it.channel));
  to_node(message += it.octets);
}

/// Documents come in a row, cut anywhere; the node gets each whole. They hold
/// no object inside.
void fsm::resize(bytes_view octets) {
  for (const char c : octets) {
    resize_ += c;
    if (c == '}') {
      bytes message(1, static_cast<char>(channel::resize));
      to_node(message += std::exchange(resize_, {}));
    } else if (resize_.size() == 1 && c != '{') {
      resize_.clear();
    } else if (resize_.size() >= resize_max) {
      resize_.clear();
    }
  }
}

void fsm::to_node(bytes message) {
  if (phase_ == phase::running && node_open_) {
    effects_.emplace_back(send_node{std::move(message)});
  } else if (phase_ == phase::opening) {
    early_size_ += message.size();
    early_.push_back(std::move(message));
    if (early_size_ > early_input_max)
      end("too much input before the streams are open");
  }
}

void fsm::on(client_drained&) {
  in_flight_ = false;
  settle();
}

void fsm::on(client_closed&) {
  end("the client left");
}

void fsm::on(node_message& it) {
  if (!node_open_ || phase_ != phase::running)
    return;
  owed_ += it.octets.size();
  const auto data = bytes_view{it.octets}.substr(it.octets.empty() ? 0 : 1);
  const auto number = it.octets.empty() ? -1 : it.octets.front();
  switch (number) {
    case static_cast<char>(channel::out):
    case static_cast<char>(channel::err):
      if (!data.empty())
        client_->send(static_cast<channel>(number), data);
      break;
    case static_cast<char>(channel::status):
      node_open_ = false;
      effects_.emplace_back(finish_node{});
      return leave(data);
    default:
      node_open_ = false;
      effects_.emplace_back(reset_node{"a message on no channel"});
      return fail("the node sent a message on no channel");
  }
  flush();
  settle();
}

void fsm::on(node_full&) {
  if (node_open_)
    effects_.emplace_back(read_client{false});
}

void fsm::on(node_drained&) {
  if (phase_ == phase::running)
    effects_.emplace_back(read_client{true});
}

void fsm::on(node_ended& it) {
  if (!std::exchange(node_open_, false))
    return;
  fail(it.how == stream_end::refused ? it.why
       : it.why.empty()              ? "the node does not answer"
                                     : "the node does not answer: " + it.why);
}

void fsm::fail(const std::string& why) {
  leave(api::to_json(api::internal_error(what_failed_ + ": " + why)));
}

void fsm::leave(bytes_view status) {
  phase_ = phase::leaving;
  client_->finish(status);
  flush();
  // Its goodbye is still to be heard, also where the node was full.
  effects_.emplace_back(read_client{true});
  effects_.emplace_back(expire_client{leaving_timeout});
}

void fsm::end(std::string why) {
  if (std::exchange(node_open_, false))
    effects_.emplace_back(reset_node{std::move(why)});
  flush();
  effects_.emplace_back(close_client{});
  phase_ = phase::ended;
}

void fsm::flush() {
  auto octets = client_->take_output();
  if (octets.empty())
    return;
  in_flight_ = true;
  effects_.emplace_back(write_client{std::move(octets)});
}

void fsm::settle() {
  if (owed_ == 0 || in_flight_ || client_->held_back() > 0 || !node_open_)
    return;
  effects_.emplace_back(consume_node{std::exchange(owed_, std::size_t{0})});
}

} // namespace troupe::gateway::command
