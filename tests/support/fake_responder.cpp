#include "tests/support/fake_responder.hpp"

namespace troupe::test {

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

void fake_responder::finish() {
  // The callback and what it owns go after the lock.
  std::function<void()> dropped;
  std::lock_guard lock{mutex_};
  finished_ = true;
  dropped.swap(on_close_);
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
  {
    std::lock_guard lock{mutex_};
    closed_ = true;
    callback.swap(on_close_);
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
