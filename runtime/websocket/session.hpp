#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

/// The server's end of a WebSocket connection (RFC 6455) after the handshake.
/// Pure: octets in, events and octets out.
namespace troupe::websocket {

/// Section 7.4.1.
enum class close_code : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unacceptable = 1003,
  internal_error = 1011,
};

/// A piece of a message. Messages come in pieces, as large as they arrive: none
/// is held whole, so none is too large.
struct message_piece {
  bytes octets;
  bool first = false;
  bool last = false;

  friend bool operator==(const message_piece&, const message_piece&) = default;
};

/// The client closes, or answers our close; nothing follows. Code 0: it gave
/// none.
struct client_closes {
  std::uint16_t code = 0;

  friend bool operator==(const client_closes&, const client_closes&) = default;
};

using event = std::variant<message_piece, client_closes>;

class session {
public:
  /// Takes the client's octets. Pings and closes are answered here. Fails with
  /// `corrupt` on what breaks the protocol; a close is then in the output and
  /// nothing more may be received.
  result<std::vector<event>> receive(bytes_view octets);

  /// One binary message.
  void send(bytes_view octets);

  /// Once; what is sent afterwards is dropped.
  void close(close_code code);

  /// Octets for the client since the last call.
  bytes take_output() { return std::exchange(output_, {}); }

private:
  struct head {
    std::uint8_t opcode = 0;
    bool fin = false;
    std::uint64_t left = 0; ///< octets of the payload still to come
    std::uint8_t mask[4] = {};
    std::size_t masked = 0; ///< octets unmasked so far
    bool first = false;     ///< of its message
  };

  result<bool> take_head();
  status_result check(const head& now) const;
  bytes take_payload(std::size_t length);
  void take_piece(std::vector<event>& out);
  status_result take_control(std::vector<event>& out);
  void write(std::uint8_t opcode, bytes_view payload);
  error fail(const char* what);

  bytes input_;
  bytes output_;
  std::optional<head> head_;
  bool in_message_ = false; ///< a fragment came, its message has not ended
  bool peer_closed_ = false;
  bool closed_ = false;
};

} // namespace troupe::websocket
