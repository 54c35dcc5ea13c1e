#include "actors/gateway/stream/log_bridge.hpp"

#include "actors/gateway/stream/status_text.hpp"
#include "messages/protocol/node_io.hpp"

namespace troupe::gateway {

using node_io::channel;

log_bridge::log_bridge(stream_call call) : call_(std::move(call)) {
  // nop
}

void log_bridge::begin(const std::string& address, bytes request) {
  const auto self = shared_from_this();
  call_.responder->on_close([self] { self->push(client_closed{}); });
  push(opened{call_.bus->open(address, message_type::log_open,
                              std::move(request), self)});
}

void log_bridge::on_message(bytes octets) {
  push(message{std::move(octets)});
}

void log_bridge::on_end(stream_end how, std::string why) {
  push(ended{how, std::move(why)});
}

void log_bridge::push(input what) {
  const auto self = shared_from_this();
  inputs_.push(std::move(what), [this](input next) {
    std::visit([this](auto& it) { deal(it); }, next);
  });
}

void log_bridge::deal(opened& it) {
  if (done_)
    return it.node->reset("the client left");
  node_ = std::move(it.node);
  settle(std::exchange(early_, std::size_t{0}));
}

void log_bridge::deal(message& it) {
  if (done_)
    return;
  const auto data = bytes_view{it.octets}.substr(it.octets.empty() ? 0 : 1);
  if (it.octets.starts_with(static_cast<char>(channel::status)))
    return finish(data);
  start();
  if (data.empty())
    return settle(it.octets.size());
  owed_ += it.octets.size();
  if (call_.responder->write(make_shared_bytes(bytes{data})))
    return;
  leave();
  // It may be there all the same, and only be sent more than it may.
  call_.responder->finish();
}

void log_bridge::start() {
  if (std::exchange(started_, true))
    return;
  call_.begun(200);
  auto headers = call_.headers;
  headers.emplace_back("Content-Type", "text/plain");
  call_.responder->start(200, std::move(headers));
  call_.responder->on_drained(
      [self = shared_from_this()] { self->push(drained{}); });
}

void log_bridge::deal(drained&) {
  settle(std::exchange(owed_, std::size_t{0}));
}

void log_bridge::settle(std::size_t octets) {
  if (!node_)
    early_ += octets;
  else if (octets > 0)
    node_->consumed(octets);
}

void log_bridge::deal(client_closed&) {
  leave();
}

void log_bridge::leave() {
  done_ = true;
  if (node_)
    std::exchange(node_, nullptr)->reset("the client left");
}

void log_bridge::deal(ended& it) {
  node_.reset();
  if (done_)
    return;
  if (started_ || it.how == stream_end::closed)
    return finish({});
  if (it.how == stream_end::refused)
    return fail(api::internal_error(it.why));
  fail(api::service_unavailable("the node does not answer"
                                + (it.why.empty() ? "" : ": " + it.why)));
}

/// An empty status is a success.
void log_bridge::finish(bytes_view status) {
  if (!started_ && !status.empty())
    if (auto failure = failure_of(status))
      return fail(*failure);
  start();
  done();
}

void log_bridge::fail(const api::status& status) {
  call_.fail(status);
  started_ = true;
  done();
}

void log_bridge::done() {
  done_ = true;
  if (node_)
    node_->half_close();
  call_.responder->finish();
}

} // namespace troupe::gateway
