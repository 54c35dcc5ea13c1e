#include "tests/support/fake_responder.hpp"

namespace troupe::test {

fake_tunnel::fake_tunnel(std::shared_ptr<http_tunnel_handler> handler)
    : handler_(std::move(handler)) {
  // nop
}

bool fake_tunnel::write(shared_bytes data) {
  std::lock_guard lock{mutex_};
  if (closed_)
    return false;
  written_ += *data;
  return true;
}

void fake_tunnel::pause() {
  std::lock_guard lock{mutex_};
  reading_ = false;
}

void fake_tunnel::resume() {
  {
    std::lock_guard lock{mutex_};
    reading_ = true;
  }
  deliver();
}

void fake_tunnel::expire_after(std::optional<duration> time) {
  std::lock_guard lock{mutex_};
  expiry_ = time;
}

void fake_tunnel::close() {
  peer_leaves();
}

void fake_tunnel::peer_sends(bytes data) {
  {
    std::lock_guard lock{mutex_};
    early_ += data;
  }
  deliver();
}

void fake_tunnel::peer_reads() {
  std::shared_ptr<http_tunnel_handler> handler;
  {
    std::lock_guard lock{mutex_};
    handler = handler_;
  }
  if (handler)
    handler->on_drained();
}

void fake_tunnel::peer_leaves() {
  std::shared_ptr<http_tunnel_handler> handler;
  {
    std::lock_guard lock{mutex_};
    closed_ = true;
    handler.swap(handler_);
  }
  if (handler)
    handler->on_close();
}

bytes fake_tunnel::take_written() {
  std::lock_guard lock{mutex_};
  return std::exchange(written_, {});
}

bool fake_tunnel::reading() const {
  std::lock_guard lock{mutex_};
  return reading_;
}

bool fake_tunnel::closed() const {
  std::lock_guard lock{mutex_};
  return closed_;
}

std::optional<duration> fake_tunnel::expiry() const {
  std::lock_guard lock{mutex_};
  return expiry_;
}

void fake_tunnel::deliver() {
  std::shared_ptr<http_tunnel_handler> handler;
  bytes data;
  {
    std::lock_guard lock{mutex_};
    if (!reading_ || closed_ || early_.empty())
      return;
    handler = handler_;
    data.swap(early_);
  }
  handler->on_data(std::move(data));
}

void fake_responder::respond(int code, http_headers headers,
                             shared_bytes body) {
  std::function<void()> dropped;
  std::lock_guard lock{mutex_};
  if (answered_)
    return;
  answered_ = finished_ = true;
  code_ = code;
  headers_ = std::move(headers);
  if (body)
    body_ = *body;
  dropped.swap(on_close_);
}

void fake_responder::start(int code, http_headers headers) {
  std::lock_guard lock{mutex_};
  if (answered_)
    return;
  answered_ = true;
  code_ = code;
  headers_ = std::move(headers);
}

bool fake_responder::write(shared_bytes chunk) {
  std::lock_guard lock{mutex_};
  if (closed_ || stalled_ || finished_)
    return false;
  body_ += *chunk;
  return true;
}

void fake_responder::on_drained(std::function<void()> callback) {
  std::lock_guard lock{mutex_};
  if (answered_ && !finished_ && !closed_)
    on_drained_ = std::move(callback);
}

std::shared_ptr<http_tunnel>
fake_responder::upgrade(http_headers headers,
                        std::shared_ptr<http_tunnel_handler> handler) {
  std::function<void()> dropped;
  std::lock_guard lock{mutex_};
  if (answered_)
    return nullptr;
  answered_ = true;
  code_ = 101;
  headers_ = std::move(headers);
  dropped.swap(on_close_);
  tunnel_ = std::make_shared<fake_tunnel>(std::move(handler));
  return tunnel_;
}

void fake_responder::drain() {
  std::function<void()> heard;
  {
    std::lock_guard lock{mutex_};
    heard = on_drained_;
  }
  if (heard)
    heard();
}

std::shared_ptr<fake_tunnel> fake_responder::tunnel() const {
  std::lock_guard lock{mutex_};
  return tunnel_;
}

void fake_responder::finish() {
  // The callbacks and what they own go after the lock.
  std::function<void()> dropped;
  std::function<void()> deaf;
  std::lock_guard lock{mutex_};
  finished_ = true;
  dropped.swap(on_close_);
  deaf.swap(on_drained_);
}

void fake_responder::on_close(std::function<void()> callback) {
  {
    std::lock_guard lock{mutex_};
    if (!closed_) {
      if (!finished_)
        on_close_ = std::move(callback);
      return;
    }
  }
  callback();
}

void fake_responder::close() {
  std::function<void()> callback;
  std::function<void()> deaf;
  {
    std::lock_guard lock{mutex_};
    closed_ = true;
    callback.swap(on_close_);
    deaf.swap(on_drained_);
  }
  if (callback)
    callback();
}

void fake_responder::stall() {
  std::lock_guard lock{mutex_};
  stalled_ = true;
}

bool fake_responder::answered() const {
  std::lock_guard lock{mutex_};
  return answered_;
}

bool fake_responder::finished() const {
  std::lock_guard lock{mutex_};
  return finished_;
}

int fake_responder::code() const {
  std::lock_guard lock{mutex_};
  return code_;
}

http_headers fake_responder::headers() const {
  std::lock_guard lock{mutex_};
  return headers_;
}

std::string fake_responder::body() const {
  std::lock_guard lock{mutex_};
  return body_;
}

std::string fake_responder::take_body() {
  std::lock_guard lock{mutex_};
  return std::exchange(body_, {});
}

} // namespace troupe::test
