#pragma once

#include "actors/gateway/stream/command_fsm.hpp"
#include "actors/gateway/stream/serial.hpp"
#include "actors/gateway/stream/stream_call.hpp"

namespace troupe::gateway {

/// Carries a command's effects out: a tunnel on one side, a stream of the bus
/// on the other. Both call it from their own threads; `serial` brings what they
/// say in one order. The tunnel keeps it until it has closed.
class command_bridge final
    : public http_tunnel_handler,
      public std::enable_shared_from_this<command_bridge> {
public:
  /// Where the node is asked, and what.
  struct target {
    std::string address;
    bytes request;
  };

  command_bridge(stream_call call, target to, command::fsm fsm);

  /// Takes the connection over.
  void begin(http_headers headers, bool ready);

  void on_data(bytes data) override;
  void on_drained() override;
  void on_close() override;

private:
  class node_side;

  /// The tunnel comes with the first input, so that it has one reader.
  struct upgraded {
    std::shared_ptr<http_tunnel> tunnel;
    bool ready = false;
  };

  using input = std::variant<upgraded, command::input>;

  void push(input what);
  void deal(input what);
  void perform(command::effect& what);
  void read_client(bool on);
  void open_node();
  void send_node(bytes message);

  const stream_call call_;
  const target target_;
  serial<input> inputs_;

  // Only while dealing with an input.
  command::fsm fsm_;
  std::shared_ptr<http_tunnel> tunnel_;
  std::shared_ptr<bus_stream> node_;
};

} // namespace troupe::gateway
