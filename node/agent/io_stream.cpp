#include "node/agent/io_stream.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

namespace troupe::agent {

namespace {

constexpr std::size_t message_max = 32 * 1024;

} // namespace

io_stream::io_stream(std::shared_ptr<bus_stream> to)
    : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), stream_(std::move(to)) {
  // nop
}

void io_stream::calm() {
  std::uint64_t count = 0;
  [[maybe_unused]] auto n = read(wake_.get(), &count, sizeof count);
}

void io_stream::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] auto n = write(wake_.get(), &one, sizeof one);
}

std::function<void()> io_stream::waker() {
  return [weak = weak_from_this()] {
    if (auto self = weak.lock())
      self->wake();
  };
}

bool io_stream::over() const {
  std::lock_guard lock{mutex_};
  return over_;
}

bool io_stream::has_room() const {
  std::lock_guard lock{mutex_};
  return !over_ && stream_->queued() < stream_window / 2;
}

void io_stream::begin() {
  std::lock_guard lock{mutex_};
  if (!over_)
    stream_->send(bytes(1, static_cast<char>(node_io::channel::out)));
}

void io_stream::send(node_io::channel to, bytes_view data) {
  std::lock_guard lock{mutex_};
  for (std::size_t at = 0; at < data.size() && !over_; at += message_max) {
    bytes message(1, static_cast<char>(to));
    message += data.substr(at, message_max);
    stream_->send(std::move(message));
  }
}

void io_stream::finish(const api::status& how) {
  std::lock_guard lock{mutex_};
  if (over_)
    return;
  stream_->send(static_cast<char>(node_io::channel::status)
                + api::to_json(how));
  stream_->half_close();
}

std::optional<io_stream::input> io_stream::next() {
  std::lock_guard lock{mutex_};
  if (inputs_.empty())
    return std::nullopt;
  auto out = std::move(inputs_.front());
  inputs_.pop_front();
  return out;
}

void io_stream::consumed(std::size_t octets) {
  std::lock_guard lock{mutex_};
  if (!over_)
    stream_->consumed(octets);
}

/// The window bounds what waits here.
void io_stream::on_message(bytes message) {
  if (message.empty())
    return;
  const auto from = static_cast<node_io::channel>(message.front());
  {
    std::lock_guard lock{mutex_};
    inputs_.push_back({from, message.substr(1)});
  }
  wake();
}

void io_stream::on_drained() {
  wake();
}

void io_stream::on_end(stream_end, std::string) {
  {
    std::lock_guard lock{mutex_};
    over_ = true;
  }
  wake();
}

} // namespace troupe::agent
