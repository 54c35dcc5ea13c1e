#pragma once

#include "runtime/http/connection.hpp"

namespace troupe::http {

/// The handler's end of one exchange.
class responder final : public http_responder {
public:
  responder(std::shared_ptr<connection> link, std::shared_ptr<exchange> state);
  ~responder() override;

  void respond(int code, http_headers headers, shared_bytes body) override;
  void start(int code, http_headers headers) override;
  bool write(shared_bytes chunk) override;
  void on_drained(std::function<void()> callback) override;
  void finish() override;
  std::shared_ptr<http_tunnel>
  upgrade(http_headers headers,
          std::shared_ptr<http_tunnel_handler> handler) override;
  void on_close(std::function<void()> callback) override;

private:
  std::shared_ptr<connection> connection_;
  std::shared_ptr<exchange> exchange_;
  std::atomic<bool> streaming_ = false;
};

} // namespace troupe::http
