#pragma once

#include "actors/gateway/stream/channels.hpp"
#include "messages/base/time_point.hpp"
#include "runtime/port/messenger.hpp"

#include <optional>
#include <string>

/// One remote command between a client's connection and a node.
namespace troupe::gateway::command {

// What happens.

/// The connection is upgraded. `ready`: the client has nothing to open first.
struct begin {
  bool ready = false;
};

struct client_octets {
  bytes octets;
};

/// All that was written to the client is with the kernel.
struct client_drained {};

struct client_closed {};

struct node_message {
  bytes octets;
};

/// Messages wait for the node.
struct node_full {};

/// None wait any more.
struct node_drained {};

struct node_ended {
  stream_end how{};
  std::string why;
};

using input = std::variant<begin, client_octets, client_drained, client_closed,
                           node_message, node_full, node_drained, node_ended>;

// What is to be done, in this order.

struct write_client {
  bytes octets;
};

/// Read the client, or leave it waiting.
struct read_client {
  bool on = false;
};

/// Close the connection this long from now; none: not any more.
struct expire_client {
  std::optional<duration> time;
};

struct close_client {};
struct open_node {};

struct send_node {
  bytes message;
};

struct consume_node {
  std::size_t octets = 0;
};

/// Nothing more for the node, which is done.
struct finish_node {};

/// Break off what runs there.
struct reset_node {
  std::string why;
};

using effect =
    std::variant<write_client, read_client, expire_client, close_client,
                 open_node, send_node, consume_node, finish_node, reset_node>;

/// How long a client may take to open its streams (upstream's
/// DefaultStreamCreationTimeout), and to leave when all is said.
inline constexpr duration opening_timeout = std::chrono::seconds{30};
inline constexpr duration leaving_timeout = std::chrono::seconds{10};

/// Octets of stdin that may come before the streams are open.
inline constexpr std::size_t early_input_max = 256 * 1024;

/// Octets of one resize document.
inline constexpr std::size_t resize_max = 256;

/// The states of one command:
///
///   opening ─1─▶ running ─2─▶ leaving ─3─▶ ended
///      ├─────────────2──────────┘            ▲
///      └────────────┴───────────4────────────┘
///
/// 1 the client's streams are open: the node is asked; 2 the node's Status, or
/// the failure that stands for it, went to the client, or the client broke its
/// protocol; 3 the client said goodbye; 4 the client left in the middle.
///
/// Back-pressure both ways: what the node sends counts as consumed once the
/// client's kernel has it; the client is not read while the node is full.
class fsm {
public:
  fsm(std::unique_ptr<channels> client, std::string what_failed);

  std::vector<effect> step(input what);

private:
  enum class phase : std::uint8_t { opening, running, leaving, ended };

  void on(begin& it);
  void on(client_octets& it);
  void on(client_drained& it);
  void on(client_closed& it);
  void on(node_message& it);
  void on(node_full& it);
  void on(node_drained& it);
  void on(node_ended& it);

  void hear(channel_event& event);
  void open();
  void forward(channel_input& it);
  void resize(bytes_view octets);
  void to_node(bytes message);
  /// What the client is told when the node cannot.
  void fail(const std::string& why);
  void leave(bytes_view status);
  void end(std::string why);
  void flush();
  void settle();

  std::unique_ptr<channels> client_;
  const std::string what_failed_;
  phase phase_ = phase::opening;
  bool node_open_ = false;
  bool in_flight_ = false;     ///< written to the client, not yet drained
  std::size_t owed_ = 0;       ///< octets of the node, not yet consumed
  std::vector<bytes> early_;   ///< for the node, before it is open
  std::size_t early_size_ = 0; ///< octets of them
  bytes resize_;               ///< the beginning of a document
  std::vector<effect> effects_;
};

} // namespace troupe::gateway::command
