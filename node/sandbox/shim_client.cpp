#include "node/sandbox/shim_client.hpp"

#include <sys/socket.h>
#include <sys/time.h>

#include <chrono>

namespace troupe::sandbox {

namespace {

error gone() {
  return {errc::unavailable, "the pod's shim is gone"};
}

/// How long a packet may wait for room.
void limit_sending(int socket, duration timeout) {
  const auto micros = std::max<std::int64_t>(timeout.count() / 1000, 1000);
  const timeval limit{micros / 1'000'000, micros % 1'000'000};
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

} // namespace

shim_client::shim_client(unique_fd socket, shim_event on_event)
    : socket_(std::move(socket)), on_event_(std::move(on_event)) {}

result<shim_reply> shim_client::call(shim::message kind, bytes_view body,
                                     const std::vector<int>& descriptors,
                                     duration timeout,
                                     std::function<void(bytes_view)> on_reply) {
  std::unique_lock lock{mutex_};
  if (closed_)
    return gone();
  const auto request = ++last_request_ != 0 ? last_request_ : ++last_request_;
  auto& waiting = pending_[request];
  waiting.on_reply = std::move(on_reply);
  lock.unlock();
  const shim::header head{shim::protocol_magic, shim::protocol_version,
                          static_cast<std::uint16_t>(kind), request,
                          static_cast<std::uint32_t>(body.size())};
  bytes packet{view_of(head)};
  packet += body;
  const auto sent = [&] {
    std::lock_guard one{send_mutex_};
    limit_sending(socket_.get(), timeout);
    return sys::send_packet(socket_, packet, descriptors);
  }();
  lock.lock();
  if (sent)
    replied_.wait_for(lock, timeout,
                      [&] { return waiting.reply.has_value() || closed_; });
  auto reply = std::move(waiting.reply);
  pending_.erase(request);
  if (reply)
    return std::move(*reply);
  if (!sent)
    return sent.error();
  return closed_ ? gone()
                 : error{errc::expired, "the pod's shim does not answer"};
}

bool shim_client::on_readable() {
  for (;;) {
    auto received = sys::receive_packet(socket_, shim::packet_size_max);
    if (!received)
      return received.error().code == errc::expired;
    if (!take(std::move(received).value()))
      return false;
  }
}

bool shim_client::take(sys::packet received) {
  const auto head = read_message<shim::header>(
      bytes_view{received.data}.substr(0, sizeof(shim::header)));
  if (!head || head->magic != shim::protocol_magic
      || head->size != received.data.size() - sizeof(shim::header))
    return false;
  const auto kind = static_cast<shim::message>(head->kind);
  const auto body = bytes_view{received.data}.substr(sizeof(shim::header));
  if (kind != shim::message::reply) {
    on_event_(kind, body);
    return true;
  }
  std::lock_guard lock{mutex_};
  if (const auto found = pending_.find(head->request);
      found != pending_.end()) {
    if (found->second.on_reply)
      found->second.on_reply(body);
    found->second.reply =
        shim_reply{bytes{body}, std::move(received.descriptors)};
    replied_.notify_all();
  }
  return true;
}

void shim_client::close() {
  std::lock_guard lock{mutex_};
  closed_ = true;
  replied_.notify_all();
}

} // namespace troupe::sandbox
