#include "runtime/http/tunnel_link.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace troupe::http {

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

/// Octets handed to TLS at a time.
constexpr std::size_t write_slice_max = 64 * 1024;

/// Octets read at a time: one TLS record.
constexpr std::size_t read_slice_max = 16 * 1024;

} // namespace

tunnel_link::tunnel_link(std::shared_ptr<connection> from,
                         std::shared_ptr<http_tunnel_handler> handler)
    : connection_(std::move(from)), handler_(std::move(handler)),
      timer_(connection_->executor()) {
  // nop
}

void tunnel_link::begin(tls_stream stream, bytes early, bytes head) {
  stream_.emplace(std::move(stream));
  early_ = std::move(early);
  waiting_ += head.size();
  queue_.push_front(make_shared_bytes(std::move(head)));
  flush();
  read();
}

void tunnel_link::abort() {
  if (ended_.exchange(true))
    return;
  timer_.cancel();
  queue_.clear();
  if (stream_)
    beast::get_lowest_layer(*stream_).close();
  // The handler may own the last reference to this.
  const auto self = shared_from_this();
  if (const auto handler = std::exchange(handler_, nullptr))
    handler->on_close();
}

bool tunnel_link::write(shared_bytes data) {
  if (ended_)
    return false;
  const auto before = waiting_.fetch_add(data->size());
  if (before > 0
      && before + data->size() > connection_->config().stream_buffer_max) {
    waiting_ -= data->size();
    return false;
  }
  asio::post(connection_->executor(),
             [self = shared_from_this(), data = std::move(data)]() mutable {
               if (self->ended_ || self->closing_ || data->empty())
                 return;
               self->queue_.push_back(std::move(data));
               self->flush();
             });
  return true;
}

void tunnel_link::set_reading(bool wanted) {
  if (ended_)
    return;
  asio::post(connection_->executor(), [self = shared_from_this(), wanted] {
    self->reading_ = wanted;
    self->read();
  });
}

void tunnel_link::expire_after(std::optional<duration> time) {
  if (ended_)
    return;
  asio::post(connection_->executor(),
             [self = shared_from_this(), time] { self->wait(time); });
}

void tunnel_link::close() {
  // Once the server is gone nobody would run it, nor let go of what it holds.
  if (ended_)
    return;
  asio::post(connection_->executor(), [self = shared_from_this()] {
    if (self->closing_ || self->ended_)
      return;
    self->closing_ = true;
    // A peer that does not read cannot keep a closed tunnel.
    self->wait(self->connection_->config().request_timeout);
    self->flush();
  });
}

void tunnel_link::wait(std::optional<duration> time) {
  timer_.cancel();
  if (!time || ended_)
    return;
  timer_.expires_after(*time);
  timer_.async_wait([self = shared_from_this()](error_code code) {
    if (!code)
      self->abort();
  });
}

void tunnel_link::read() {
  if (!stream_ || ended_ || !reading_ || read_pending_)
    return;
  read_pending_ = true;
  if (!early_.empty()) {
    asio::post(connection_->executor(), [self = shared_from_this()] {
      self->deliver(std::exchange(self->early_, {}));
    });
    return;
  }
  beast::get_lowest_layer(*stream_).expires_never();
  input_.resize(read_slice_max);
  stream_->async_read_some(
      asio::buffer(input_),
      beast::bind_front_handler(&tunnel_link::on_read, shared_from_this()));
}

void tunnel_link::on_read(error_code code, std::size_t length) {
  if (code)
    return abort();
  input_.resize(length);
  deliver(std::exchange(input_, {}));
}

void tunnel_link::deliver(bytes data) {
  read_pending_ = false;
  if (const auto handler = handler_)
    handler->on_data(std::move(data));
  read();
}

void tunnel_link::flush() {
  if (!stream_ || write_pending_ || ended_)
    return;
  if (queue_.empty()) {
    if (closing_)
      abort();
    return;
  }
  writing_.clear();
  while (!queue_.empty()
         && (writing_.empty()
             || writing_.size() + queue_.front()->size() <= write_slice_max)) {
    writing_ += *queue_.front();
    queue_.pop_front();
  }
  write_pending_ = true;
  beast::get_lowest_layer(*stream_).expires_never();
  asio::async_write(*stream_, asio::buffer(writing_),
                    [self = shared_from_this()](error_code code, std::size_t) {
                      self->on_written(code);
                    });
}

void tunnel_link::on_written(error_code code) {
  write_pending_ = false;
  if (code)
    return abort();
  waiting_ -= writing_.size();
  writing_ = {};
  if (queue_.empty() && !closing_)
    if (const auto handler = handler_)
      handler->on_drained();
  flush();
}

} // namespace troupe::http
