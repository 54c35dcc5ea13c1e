#pragma once

#include "runtime/http/exchange.hpp"
#include "runtime/http/http_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <atomic>
#include <deque>
#include <memory>
#include <optional>

namespace troupe::http {

class tunnel_link;

using tls_stream = boost::asio::ssl::stream<boost::beast::tcp_stream>;
using stream_executor = tls_stream::executor_type;

/// What every connection of a server shares. A connection keeps it, and with
/// it the event loop its socket belongs to.
struct server_context {
  boost::asio::io_context io;
  http_server_config config;
  http_handler handler;
  http_server::error_body errors;
  boost::asio::ssl::context tls;
  std::atomic<std::size_t> open = 0;
};

/// One TLS connection, on one strand: handshake, then request after request.
///
///   handshake ─1─▶ reading ─2─▶ handling ─3─▶ writing ─4─▶ reading
///        └──────────────5──────────┼────────────┴─▶ closed
///                                  └─6─▶ upgraded
///
/// 1 the handshake succeeded; 2 a whole request arrived and the handler runs;
/// 3 the responder began an answer; 4 the answer is out and the connection
/// stays; 5 an error, a timeout, the peer's leave, or "Connection: close",
/// after what a refused peer still sends was read; 6 the socket now belongs to
/// a tunnel (tunnel_link.hpp).
class connection : public std::enable_shared_from_this<connection> {
public:
  using tcp = boost::asio::ip::tcp;

  connection(tcp::socket socket, std::shared_ptr<server_context> context);
  ~connection();

  /// Begins the handshake. Any thread.
  void start();

  /// Ends the connection without a goodbye. Any thread.
  void close();

  /// The responder's side; any thread. `of` guards against late calls.
  void send_whole(std::shared_ptr<exchange> of, int code, http_headers headers,
                  shared_bytes body);
  void send_head(std::shared_ptr<exchange> of, int code, http_headers headers);
  void send_chunk(std::shared_ptr<exchange> of, shared_bytes chunk);
  void send_end(std::shared_ptr<exchange> of);

  /// From now on writes of this answer have no deadline, and `callback` hears
  /// whenever all of it is with the kernel.
  void wait_for_peer(std::shared_ptr<exchange> of,
                     std::function<void()> callback);

  /// Hands the connection over to `to`, after a 101.
  void hand_over(std::shared_ptr<exchange> of, http_headers headers,
                 std::shared_ptr<tunnel_link> to);

  const stream_executor& executor() const { return executor_; }

  const http_server_config& config() const { return context_->config; }

private:
  using error_code = boost::system::error_code;

  void handshake();
  void read_header();
  void on_first_octets(error_code code, std::size_t length);
  void on_header(error_code code, std::size_t);
  void read_body();
  void on_request(error_code code, std::size_t);
  void dispatch();
  void refuse(int code, std::string_view message);
  void answer_read_error(error_code code);

  void write_whole(int code, http_headers headers, shared_bytes body);
  void enqueue(shared_bytes piece);
  void flush();
  void on_written(error_code code, std::size_t);
  void answer_complete();

  /// While a stream is being written nothing else notices the peer's leave.
  void watch_peer();
  void on_peer(error_code code, std::size_t length);
  void linger();
  void discard();
  void end();

  std::string head(int code, const http_headers& headers) const;

  std::shared_ptr<server_context> context_; // outlives the stream
  tls_stream stream_;
  const stream_executor executor_; ///< the strand, also after an upgrade
  boost::beast::flat_buffer buffer_;
  std::optional<
      boost::beast::http::request_parser<boost::beast::http::string_body>>
      parser_;
  http_headers headers_; ///< of the request that is being read
  http_peer peer_;
  std::shared_ptr<exchange> exchange_;
  std::weak_ptr<tunnel_link> tunnel_;                 ///< once upgraded
  std::shared_ptr<std::function<void()>> on_drained_; ///< a patient writer's
  std::deque<shared_bytes> queue_;
  std::size_t sent_of_front_ = 0; ///< octets of queue_.front() copied already
  std::string writing_;           ///< octets in flight
  bool write_pending_ = false;
  bool read_pending_ = false; ///< watch_peer's read
  bool read_next_ = false;    ///< start reading once that read returns
  bool answer_ended_ = false; ///< everything of the answer is queued
  bool chunked_ = false;      ///< the answer is being streamed in chunks
  bool keep_alive_ = true;
  bool unread_ = false;       ///< refused before all of it was read
  bool without_body_ = false; ///< HEAD
  bool http_1_0_ = false;
  bool gzip_ = false;
  bool ended_ = false;
};

} // namespace troupe::http
