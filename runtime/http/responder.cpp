#include "runtime/http/responder.hpp"

#include "runtime/http/tunnel_link.hpp"

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

void responder::on_drained(std::function<void()> callback) {
  if (streaming_)
    connection_->wait_for_peer(exchange_, std::move(callback));
}

void responder::finish() {
  if (streaming_.exchange(false) && !exchange_->closed)
    connection_->send_end(exchange_);
}

std::shared_ptr<http_tunnel>
responder::upgrade(http_headers headers,
                   std::shared_ptr<http_tunnel_handler> handler) {
  if (exchange_->answered.exchange(true))
    return nullptr;
  auto link = std::make_shared<tunnel_link>(connection_, std::move(handler));
  connection_->hand_over(exchange_, std::move(headers), link);
  return std::make_shared<tunnel>(std::move(link));
}

void responder::on_close(std::function<void()> callback) {
  exchange_->on_close(std::move(callback));
}

} // namespace troupe::http
