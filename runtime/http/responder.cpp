#include "runtime/http/responder.hpp"

namespace troupe::http {

responder::responder(std::shared_ptr<connection> link,
                     std::shared_ptr<exchange> state)
    : connection_(std::move(link)), exchange_(std::move(state)) {
  // nop
}

responder::~responder() {
  if (streaming_)
    finish();
  else if (!exchange_->answered)
    respond(500, {}, nullptr);
}

void responder::respond(int code, http_headers headers, shared_bytes body) {
  if (exchange_->answered.exchange(true) || exchange_->closed)
    return;
  connection_->send_whole(exchange_, code, std::move(headers), std::move(body));
}

void responder::start(int code, http_headers headers) {
  if (exchange_->answered.exchange(true) || exchange_->closed)
    return;
  streaming_ = true;
  connection_->send_head(exchange_, code, std::move(headers));
}

bool responder::write(shared_bytes chunk) {
  if (!streaming_ || exchange_->closed)
    return false;
  const auto waiting = exchange_->queued.fetch_add(chunk->size());
  if (waiting + chunk->size() > connection_->config().stream_buffer_max
      && waiting > 0) {
    exchange_->queued -= chunk->size();
    return false;
  }
  connection_->send_chunk(exchange_, std::move(chunk));
  return true;
}

void responder::finish() {
  if (streaming_.exchange(false) && !exchange_->closed)
    connection_->send_end(exchange_);
}

void responder::on_close(std::function<void()> callback) {
  exchange_->on_close(std::move(callback));
}

} // namespace troupe::http
