#pragma once

#include "runtime/port/http_port.hpp"

#include <mutex>

namespace troupe::test {

/// Remembers what a handler answers.
class fake_responder final : public http_responder {
public:
  void respond(int code, http_headers headers, shared_bytes body) override;
  void start(int code, http_headers headers) override;
  bool write(shared_bytes chunk) override;
  void finish() override;
  void on_close(std::function<void()> callback) override;

  /// The peer goes away: later writes fail and the callback runs.
  void close();

  /// From now on the peer reads nothing more: writes fail.
  void stall();

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
};

} // namespace troupe::test
