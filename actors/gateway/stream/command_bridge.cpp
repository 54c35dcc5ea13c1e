#include "actors/gateway/stream/command_bridge.hpp"

#include "messages/base/overload.hpp"

namespace troupe::gateway {

/// The bus's end; it keeps the bridge until the stream has ended.
class command_bridge::node_side final : public bus_stream_handler {
public:
  explicit node_side(std::shared_ptr<command_bridge> to) : to_(std::move(to)) {}

  void on_message(bytes message) override {
    to_->push(command::node_message{std::move(message)});
  }

  void on_drained() override { to_->push(command::node_drained{}); }

  void on_end(stream_end how, std::string why) override {
    to_->push(command::node_ended{how, std::move(why)});
  }

private:
  std::shared_ptr<command_bridge> to_;
};

command_bridge::command_bridge(stream_call call, target to, command::fsm fsm)
    : call_(std::move(call)), target_(std::move(to)), fsm_(std::move(fsm)) {
  // nop
}

void command_bridge::begin(http_headers headers, bool ready) {
  call_.begun(101);
  auto tunnel =
      call_.responder->upgrade(std::move(headers), shared_from_this());
  if (tunnel)
    push(upgraded{std::move(tunnel), ready});
}

void command_bridge::on_data(bytes data) {
  push(command::client_octets{std::move(data)});
}

void command_bridge::on_drained() {
  push(command::client_drained{});
}

void command_bridge::on_close() {
  push(command::client_closed{});
}

void command_bridge::push(input what) {
  const auto self = shared_from_this();
  inputs_.push(std::move(what), [this](input next) { deal(std::move(next)); });
}

void command_bridge::deal(input what) {
  command::input next;
  if (auto* first = std::get_if<upgraded>(&what)) {
    tunnel_ = std::move(first->tunnel);
    next = command::begin{first->ready};
  } else {
    next = std::move(std::get<command::input>(what));
  }
  const bool node_ends = std::holds_alternative<command::node_ended>(next);
  for (auto& one : fsm_.step(std::move(next)))
    perform(one);
  if (node_ends)
    node_.reset();
}

void command_bridge::perform(command::effect& what) {
  // A client that left before the tunnel was here needs no effects on it.
  const auto client = [this](auto&& use) {
    if (tunnel_)
      use(*tunnel_);
  };
  std::visit(
      overload{
          [&](command::write_client& it) {
            client([&](http_tunnel& to) {
              if (!to.write(make_shared_bytes(std::move(it.octets))))
                to.close();
            });
          },
          [&](command::read_client& it) { read_client(it.on); },
          [&](command::expire_client& it) {
            client([&](http_tunnel& to) { to.expire_after(it.time); });
          },
          [&](command::close_client&) {
            client([](http_tunnel& to) { to.close(); });
          },
          [&](command::open_node&) { open_node(); },
          [&](command::send_node& it) { send_node(std::move(it.message)); },
          [&](command::consume_node& it) { node_->consumed(it.octets); },
          [&](command::finish_node&) { node_->half_close(); },
          [&](command::reset_node& it) {
            std::exchange(node_, nullptr)->reset(std::move(it.why));
          },
      },
      what);
}

void command_bridge::read_client(bool on) {
  if (tunnel_ && on)
    tunnel_->resume();
  if (on || !tunnel_)
    return;
  tunnel_->pause();
  // What drained before the pause would not be heard of again.
  if (node_ && node_->queued() == 0)
    push(command::node_drained{});
}

void command_bridge::open_node() {
  node_ = call_.bus->open(target_.address, message_type::command_open,
                          target_.request,
                          std::make_shared<node_side>(shared_from_this()));
}

void command_bridge::send_node(bytes message) {
  // The node's end of the stream is heard in its own time.
  if (!node_->send(std::move(message)) || node_->queued() == 0)
    return;
  push(command::node_full{});
}

} // namespace troupe::gateway
