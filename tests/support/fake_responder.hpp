#pragma once

#include "runtime/port/http_port.hpp"

#include <mutex>

namespace troupe::test {

/// The peer's side of a tunnel: what was written, and what the peer does.
class fake_tunnel final : public http_tunnel {
public:
  explicit fake_tunnel(std::shared_ptr<http_tunnel_handler> handler);

  bool write(shared_bytes data) override;
  void pause() override;
  void resume() override;
  void expire_after(std::optional<duration> time) override;
  void close() override;

  /// The peer sends octets; heard once the handler reads.
  void peer_sends(bytes data);

  /// The peer reads everything written so far: `on_drained`.
  void peer_reads();

  /// The peer goes away, or the time is up.
  void peer_leaves();

  /// Octets written since the last call.
  bytes take_written();

  bool reading() const;
  bool closed() const;
  std::optional<duration> expiry() const;

private:
  void deliver();

  mutable std::mutex mutex_;
  std::shared_ptr<http_tunnel_handler> handler_;
  bytes written_;
  bytes early_;
  bool reading_ = false;
  bool closed_ = false;
  std::optional<duration> expiry_;
};

/// Remembers what a handler answers.
class fake_responder final : public http_responder {
public:
  void respond(int code, http_headers headers, shared_bytes body) override;
  void start(int code, http_headers headers) override;
  bool write(shared_bytes chunk) override;
  void on_drained(std::function<void()> callback) override;
  void finish() override;
  std::shared_ptr<http_tunnel>
  upgrade(http_headers headers,
          std::shared_ptr<http_tunnel_handler> handler) override;
  void on_close(std::function<void()> callback) override;

  /// The peer goes away: later writes fail and the callback runs.
  void close();

  /// From now on the peer reads nothing more: writes fail.
  void stall();

  /// The peer reads everything written so far.
  void drain();

  /// After an upgrade; else null.
  std::shared_ptr<fake_tunnel> tunnel() const;

  bool answered() const;
  bool finished() const;
  int code() const;
  http_headers headers() const;
  /// The whole body, or all chunks so far.
  std::string body() const;
  /// Chunks since the last call.
  std::string take_body();

private:
  mutable std::mutex mutex_;
  int code_ = 0;
  http_headers headers_;
  std::string body_;
  bool answered_ = false;
  bool finished_ = false;
  bool closed_ = false;
  bool stalled_ = false;
  std::function<void()> on_close_;
  std::function<void()> on_drained_;
  std::shared_ptr<fake_tunnel> tunnel_;
};

} // namespace troupe::test
