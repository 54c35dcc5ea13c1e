#pragma once

#include "runtime/http/connection.hpp"

#include <boost/asio/steady_timer.hpp>

namespace troupe::http {

/// The socket of a connection after its upgrade, on the connection's strand.
/// It keeps the connection, which counts as open until this ends.
///
///   waiting ─1─▶ open ─2─▶ closing ─3─▶ ended
///      └──────────┴────────3──────────────┘
///
/// 1 the connection hands its stream over; 2 `close`: what is queued still
/// goes out; 3 all is out, an error, the peer's leave, or `expire_after`.
class tunnel_link : public std::enable_shared_from_this<tunnel_link> {
public:
  tunnel_link(std::shared_ptr<connection> from,
              std::shared_ptr<http_tunnel_handler> handler);

  /// On the strand: `early` are octets the peer sent behind its request, `head`
  /// is the answer to it.
  void begin(tls_stream stream, bytes early, bytes head);

  /// On the strand: ends it as it is.
  void abort();

  // Any thread.
  bool write(shared_bytes data);
  void set_reading(bool wanted);
  void expire_after(std::optional<duration> time);
  void close();

private:
  using error_code = boost::system::error_code;

  void read();
  void on_read(error_code code, std::size_t length);
  void deliver(bytes data);
  void flush();
  void on_written(error_code code);
  void wait(std::optional<duration> time);

  std::shared_ptr<connection> connection_;
  std::shared_ptr<http_tunnel_handler> handler_; ///< until it heard `on_close`
  std::optional<tls_stream> stream_;             ///< once open
  boost::asio::steady_timer timer_;
  std::atomic<bool> ended_ = false;
  std::atomic<std::size_t> waiting_ = 0; ///< octets accepted, not yet written

  // On the strand.
  std::deque<shared_bytes> queue_;
  bytes writing_;
  bytes early_;
  bytes input_;
  bool reading_ = false;
  bool read_pending_ = false;
  bool write_pending_ = false;
  bool closing_ = false;
};

/// The handler's end of a tunnel.
class tunnel final : public http_tunnel {
public:
  explicit tunnel(std::shared_ptr<tunnel_link> link) : link_(std::move(link)) {}

  ~tunnel() override { link_->close(); }

  bool write(shared_bytes data) override {
    return link_->write(std::move(data));
  }

  void pause() override { link_->set_reading(false); }

  void resume() override { link_->set_reading(true); }

  void expire_after(std::optional<duration> time) override {
    link_->expire_after(time);
  }

  void close() override { link_->close(); }

private:
  std::shared_ptr<tunnel_link> link_;
};

} // namespace troupe::http
