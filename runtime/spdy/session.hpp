#pragma once

#include "runtime/spdy/frame.hpp"

#include <map>

/// The server's end of a SPDY/3.1 connection whose client opens the streams.
/// Pure: octets in, events and octets out.
namespace troupe::spdy {

/// Streams open at one time; one more is refused.
inline constexpr std::size_t streams_max = 16;

/// A new stream; `accept` or `refuse` it.
struct stream_opened {
  stream_id id = 0;
  headers values;

  friend bool operator==(const stream_opened&, const stream_opened&) = default;
};

struct stream_data {
  stream_id id = 0;
  bytes octets;

  friend bool operator==(const stream_data&, const stream_data&) = default;
};

/// The client sends no more on this stream.
struct stream_finished {
  stream_id id = 0;

  friend bool operator==(const stream_finished&,
                         const stream_finished&) = default;
};

/// The client broke the stream off; it is no more.
struct stream_reset {
  stream_id id = 0;
  reset_code code{};

  friend bool operator==(const stream_reset&, const stream_reset&) = default;
};

/// The client is done with the connection.
struct client_leaves {
  friend bool operator==(const client_leaves&, const client_leaves&) = default;
};

using event = std::variant<stream_opened, stream_data, stream_finished,
                           stream_reset, client_leaves>;

/// Flow control. Windows begin at 64 KiB for each stream and the session. The
/// client's are kept from its first WINDOW_UPDATE on: Kubernetes' clients never
/// send one and would otherwise be sent 64 KiB and no more. Ours are announced
/// as octets are consumed and not enforced, for the same clients heed none:
/// what holds those back is that nobody reads the socket.
class session {
public:
  session();

  /// Takes the client's octets. Pings are answered here. Fails with `corrupt`
  /// or `too_large` on what breaks the protocol; a GOAWAY is then in the output
  /// and nothing more may be received.
  result<std::vector<event>> receive(bytes_view octets);

  void accept(stream_id id);
  void refuse(stream_id id);

  /// Data for the client, and the end of it. Nothing for a stream that is no
  /// more.
  void send(stream_id id, bytes_view octets);
  void finish(stream_id id);

  /// Octets of received data that were dealt with.
  void consumed(stream_id id, std::size_t octets);

  /// No stream will be accepted any more.
  void go_away(goaway_code code);

  /// Octets for the client since the last call.
  bytes take_output() { return std::exchange(output_, {}); }

  /// Octets of data that wait for the client's windows.
  std::size_t held_back() const { return held_back_; }

private:
  struct stream {
    bool finished_here = false;
    bool finished_there = false;
    std::int64_t window = 0; ///< what the client lets us send
    std::size_t consumed = 0;
    bytes waiting;
    std::size_t sent = 0; ///< octets of `waiting`

    std::size_t left() const { return waiting.size() - sent; }
  };

  status_result take(frame& value, std::vector<event>& out);
  status_result open(syn_stream& value, std::vector<event>& out);
  status_result take_data(data& value, std::vector<event>& out);
  status_result widen(const window_update& value);
  status_result set(const settings& value);
  void write(const frame& value);
  void flush(stream_id id);
  void flush_all();
  void finish_there(stream_id id, std::vector<event>& out);
  void end_if_finished(stream_id id);
  void announce(stream_id id, std::size_t& consumed);

  frame_reader reader_;
  frame_writer writer_;
  bytes output_;
  std::map<stream_id, stream> streams_;
  stream_id last_ = 0; ///< the newest the client opened
  std::int64_t window_ = 0;
  std::int64_t initial_window_ = 0;
  bool windows_count_ = false; ///< the client uses flow control
  std::size_t consumed_ = 0;
  std::size_t held_back_ = 0;
  bool gone_ = false;
};

} // namespace troupe::spdy
