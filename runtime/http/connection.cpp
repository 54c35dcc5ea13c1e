#include "runtime/http/connection.hpp"

#include "runtime/base/clock.hpp"
#include "runtime/http/gzip.hpp"
#include "runtime/http/responder.hpp"
#include "runtime/http/tls.hpp"
#include "runtime/http/tunnel_link.hpp"
#include "runtime/http/url.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/read.hpp>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdio>
#include <ctime>

namespace troupe::http {

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

/// Octets handed to TLS at a time: a few records, one system call.
constexpr std::size_t write_slice_max = 64 * 1024;

/// Octets read at a time where the parser does not say.
constexpr std::size_t read_slice_max = 4096;

/// What may wait to be parsed: a header that is one octet too long, and what
/// came behind it. Beast has no limit of its own for a chunk's extensions and
/// for trailers.
constexpr std::size_t unparsed_max(std::uint32_t header_bytes_max) {
  return std::size_t{header_bytes_max} + 64 * 1024;
}

std::string http_date(wall_time now) {
  const auto seconds = static_cast<std::time_t>(
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch())
          .count());
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  const auto length =
      std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text, length};
}

/// Header values never break out of their line, wherever they came from.
void append_header(std::string& out, std::string_view name,
                   std::string_view value) {
  for (char c : name)
    out += (c == '\r' || c == '\n' || c == ':') ? '_' : c;
  out += ": ";
  for (char c : value)
    out += (c == '\r' || c == '\n') ? ' ' : c;
  out += "\r\n";
}

/// A peer whose machine is gone says nothing: the kernel asks after it.
void notice_silence(int socket) {
  constexpr int on = 1;
  constexpr int seconds = 15; // of silence, and between questions
  setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof seconds);
  setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof seconds);
}

/// Beast takes a body in an encoding it does not know for the next request.
template <class Fields>
bool has_known_encoding(const Fields& fields) {
  const auto [first, last] =
      fields.equal_range(beast::http::field::transfer_encoding);
  return first == last
         || (std::next(first) == last
             && beast::iequals(first->value(), "chunked"));
}

} // namespace

connection::connection(tcp::socket socket,
                       std::shared_ptr<server_context> context)
    : context_(std::move(context)),
      stream_(beast::tcp_stream{std::move(socket)}, context_->tls),
      executor_(stream_.get_executor()),
      buffer_(unparsed_max(context_->config.header_bytes_max)) {
  ++context_->open;
}

connection::~connection() {
  if (exchange_)
    exchange_->lose();
  --context_->open;
}

void connection::start() {
  asio::dispatch(executor_, [self = shared_from_this()] { self->handshake(); });
}

void connection::handshake() {
  auto& lowest = beast::get_lowest_layer(stream_);
  error_code code;
  auto endpoint = lowest.socket().remote_endpoint(code);
  if (!code)
    peer_.address =
        endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
  lowest.socket().set_option(tcp::no_delay{true}, code);
  notice_silence(lowest.socket().native_handle());
  lowest.expires_after(config().handshake_timeout);
  stream_.async_handshake(asio::ssl::stream_base::server,
                          [self = shared_from_this()](error_code failed) {
                            if (failed)
                              return self->end();
                            read_peer_certificate(self->stream_.native_handle(),
                                                  self->peer_);
                            self->read_header();
                          });
}

void connection::close() {
  asio::dispatch(executor_, [self = shared_from_this()] {
    if (auto tunnel = self->tunnel_.lock())
      return tunnel->abort();
    self->end();
    beast::get_lowest_layer(self->stream_).close();
  });
}

void connection::read_header() {
  parser_.emplace();
  parser_->header_limit(config().header_bytes_max);
  parser_->body_limit(config().body_bytes_max);
  keep_alive_ = true;
  without_body_ = false;
  http_1_0_ = false;
  if (buffer_.size() > 0)
    return on_first_octets({}, 0);
  beast::get_lowest_layer(stream_).expires_after(config().idle_timeout);
  stream_.async_read_some(
      buffer_.prepare(read_slice_max),
      beast::bind_front_handler(&connection::on_first_octets,
                                shared_from_this()));
}

/// Who has begun a request is no longer idle.
void connection::on_first_octets(error_code code, std::size_t length) {
  if (code)
    return end();
  buffer_.commit(length);
  beast::get_lowest_layer(stream_).expires_after(config().request_timeout);
  beast::http::async_read_header(
      stream_, buffer_, *parser_,
      beast::bind_front_handler(&connection::on_header, shared_from_this()));
}

void connection::on_header(error_code code, std::size_t) {
  if (code)
    return answer_read_error(code);
  const auto& message = parser_->get();
  if (!has_known_encoding(message))
    return refuse(501, "unsupported transfer encoding");
  // Trailers are not among them.
  headers_.clear();
  for (const auto& field : message)
    headers_.emplace_back(std::string{field.name_string()},
                          std::string{field.value()});
  if (!beast::iequals(message[beast::http::field::expect], "100-continue"))
    return read_body();
  beast::get_lowest_layer(stream_).expires_after(config().request_timeout);
  writing_ = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(
      stream_, asio::buffer(writing_),
      [self = shared_from_this()](error_code failed, std::size_t) {
        if (failed)
          return self->end();
        self->read_body();
      });
}

void connection::read_body() {
  beast::get_lowest_layer(stream_).expires_after(config().request_timeout);
  beast::http::async_read(
      stream_, buffer_, *parser_,
      beast::bind_front_handler(&connection::on_request, shared_from_this()));
}

void connection::on_request(error_code code, std::size_t) {
  if (code)
    return answer_read_error(code);
  dispatch();
}

void connection::answer_read_error(error_code code) {
  using beast::http::error;
  if (code == error::body_limit)
    return refuse(413, "Request entity too large: limit is "
                           + std::to_string(config().body_bytes_max));
  if (code == error::header_limit || code == error::buffer_overflow)
    return refuse(431, "request header too large: the limit is "
                           + std::to_string(config().header_bytes_max)
                           + " bytes");
  if (code == error::end_of_stream || code == error::partial_message
      || code.category() != make_error_code(error::bad_method).category())
    return end();
  refuse(400, "malformed HTTP request: " + code.message());
}

void connection::refuse(int code, std::string_view message) {
  exchange_ = std::make_shared<exchange>();
  exchange_->answered = true;
  keep_alive_ = false;
  unread_ = true;
  write_whole(code, {{"Content-Type", "application/json"}},
              make_shared_bytes(context_->errors(code, message)));
}

void connection::dispatch() {
  auto message = parser_->release();
  http_request request;
  request.method = std::string{message.method_string()};
  http_1_0_ = message.version() < 11;
  keep_alive_ = message.keep_alive();
  without_body_ = message.method() == beast::http::verb::head;
  gzip_ = accepts_gzip(
      std::string_view{message[beast::http::field::accept_encoding].data(),
                       message[beast::http::field::accept_encoding].size()});
  auto split = parse_target({message.target().data(), message.target().size()});
  if (!split)
    return refuse(400, "malformed request target");
  request.path = std::move(split->path);
  request.raw_path = std::move(split->raw_path);
  request.query = std::move(split->query);
  request.headers = std::exchange(headers_, {});
  request.body = std::move(message.body());
  request.peer = peer_;
  exchange_ = std::make_shared<exchange>();
  // No read is pending while the handler runs: its deadline is its own.
  beast::get_lowest_layer(stream_).expires_never();
  context_->handler(std::move(request),
                    std::make_shared<responder>(shared_from_this(), exchange_));
}

std::string connection::head(int code, const http_headers& headers) const {
  std::string out = "HTTP/1.1 " + std::to_string(code) + " ";
  const auto phrase =
      beast::http::obsolete_reason(static_cast<beast::http::status>(code));
  out.append(phrase.data(), phrase.size());
  out += "\r\n";
  for (const auto& [name, value] : headers)
    append_header(out, name, value);
  append_header(out, "Date", http_date(wall_now()));
  if (!keep_alive_)
    append_header(out, "Connection", "close");
  return out;
}

void connection::send_whole(std::shared_ptr<exchange> of, int code,
                            http_headers headers, shared_bytes body) {
  asio::post(executor_, [self = shared_from_this(), of = std::move(of), code,
                         headers = std::move(headers), body = std::move(body)] {
    if (self->exchange_ == of && !self->ended_)
      self->write_whole(code, headers, body);
  });
}

void connection::write_whole(int code, http_headers headers,
                             shared_bytes body) {
  const bool large = body && body->size() >= config().gzip_bytes_min;
  if (large && gzip_) {
    if (auto packed = gzip(*body)) {
      body = make_shared_bytes(std::move(*packed));
      headers.emplace_back("Content-Encoding", "gzip");
      headers.emplace_back("Vary", "Accept-Encoding");
    }
  }
  auto text = head(code, headers);
  append_header(text, "Content-Length",
                std::to_string(body ? body->size() : 0));
  text += "\r\n";
  enqueue(make_shared_bytes(std::move(text)));
  if (body && !without_body_)
    enqueue(std::move(body));
  answer_ended_ = true;
  flush();
}

void connection::send_head(std::shared_ptr<exchange> of, int code,
                           http_headers headers) {
  asio::post(executor_, [self = shared_from_this(), of = std::move(of), code,
                         headers = std::move(headers)] {
    if (self->exchange_ != of || self->ended_)
      return;
    if (self->http_1_0_)
      self->keep_alive_ = false;
    auto text = self->head(code, headers);
    self->chunked_ = !self->http_1_0_;
    if (self->chunked_)
      append_header(text, "Transfer-Encoding", "chunked");
    text += "\r\n";
    self->enqueue(make_shared_bytes(std::move(text)));
    self->watch_peer();
    self->flush();
  });
}

void connection::send_chunk(std::shared_ptr<exchange> of, shared_bytes chunk) {
  asio::post(executor_, [self = shared_from_this(), of = std::move(of),
                         chunk = std::move(chunk)] {
    if (self->exchange_ != of || self->ended_ || self->without_body_
        || chunk->empty())
      return;
    char size[24];
    std::snprintf(size, sizeof size, "%zx\r\n", chunk->size());
    if (self->chunked_)
      self->enqueue(make_shared_bytes(size));
    self->enqueue(chunk);
    if (self->chunked_)
      self->enqueue(make_shared_bytes("\r\n"));
    self->flush();
  });
}

void connection::send_end(std::shared_ptr<exchange> of) {
  asio::post(executor_, [self = shared_from_this(), of = std::move(of)] {
    if (self->exchange_ != of || self->ended_)
      return;
    if (self->chunked_ && !self->without_body_)
      self->enqueue(make_shared_bytes("0\r\n\r\n"));
    self->answer_ended_ = true;
    self->flush();
  });
}

void connection::wait_for_peer(std::shared_ptr<exchange> of,
                               std::function<void()> callback) {
  asio::post(executor_, [self = shared_from_this(), of = std::move(of),
                         callback = std::move(callback)]() mutable {
    if (self->exchange_ == of && !self->ended_)
      self->on_drained_ =
          std::make_shared<std::function<void()>>(std::move(callback));
  });
}

void connection::hand_over(std::shared_ptr<exchange> of, http_headers headers,
                           std::shared_ptr<tunnel_link> to) {
  asio::post(executor_, [self = shared_from_this(), of = std::move(of),
                         headers = std::move(headers), to = std::move(to)] {
    if (self->exchange_ != of || self->ended_)
      return to->abort();
    self->keep_alive_ = true;
    auto text = self->head(101, headers);
    append_header(text, "Connection", "Upgrade");
    self->exchange_->complete();
    self->exchange_.reset();
    self->ended_ = true;
    self->tunnel_ = to;
    to->begin(std::move(self->stream_),
              beast::buffers_to_string(self->buffer_.data()), text + "\r\n");
  });
}

void connection::enqueue(shared_bytes piece) {
  if (!piece->empty())
    queue_.push_back(std::move(piece));
}

void connection::flush() {
  if (write_pending_ || ended_)
    return;
  if (queue_.empty()) {
    if (answer_ended_)
      answer_complete();
    return;
  }
  writing_.clear();
  while (!queue_.empty() && writing_.size() < write_slice_max) {
    const auto& front = *queue_.front();
    const auto slice = std::min(front.size() - sent_of_front_,
                                write_slice_max - writing_.size());
    writing_.append(front, sent_of_front_, slice);
    sent_of_front_ += slice;
    if (sent_of_front_ == front.size()) {
      queue_.pop_front();
      sent_of_front_ = 0;
    }
  }
  write_pending_ = true;
  auto& lowest = beast::get_lowest_layer(stream_);
  if (on_drained_)
    lowest.expires_never();
  else
    lowest.expires_after(config().request_timeout);
  asio::async_write(
      stream_, asio::buffer(writing_),
      beast::bind_front_handler(&connection::on_written, shared_from_this()));
}

void connection::on_written(error_code code, std::size_t length) {
  write_pending_ = false;
  if (code)
    return end();
  if (exchange_) {
    // Heads and chunk frames are not counted when queued: never below zero.
    auto queued = exchange_->queued.load();
    while (!exchange_->queued.compare_exchange_weak(
        queued, queued - std::min(queued, length))) {
    }
  }
  if (queue_.empty()) {
    writing_ = {};
    // The call may end the answer, and with it what is called.
    if (const auto heard = on_drained_; heard && !answer_ended_)
      (*heard)();
  }
  flush();
}

void connection::answer_complete() {
  if (exchange_)
    exchange_->complete();
  exchange_.reset();
  on_drained_ = nullptr;
  answer_ended_ = false;
  chunked_ = false;
  if (!keep_alive_)
    return unread_ ? linger() : end();
  if (read_pending_)
    read_next_ = true;
  else
    read_header();
}

/// A socket that is closed with octets unread resets the connection, and a
/// peer that is still sending sees that instead of the answer.
void connection::linger() {
  beast::get_lowest_layer(stream_).expires_after(config().linger_timeout);
  discard();
}

void connection::discard() {
  buffer_.clear();
  stream_.async_read_some(
      buffer_.prepare(read_slice_max),
      [self = shared_from_this()](error_code code, std::size_t) {
        return code ? self->end() : self->discard();
      });
}

void connection::watch_peer() {
  if (read_pending_ || buffer_.max_size() - buffer_.size() < read_slice_max)
    return;
  read_pending_ = true;
  beast::get_lowest_layer(stream_).expires_never();
  stream_.async_read_some(
      buffer_.prepare(read_slice_max),
      beast::bind_front_handler(&connection::on_peer, shared_from_this()));
}

void connection::on_peer(error_code code, std::size_t length) {
  read_pending_ = false;
  if (code)
    return end();
  // A pipelined request waits in the buffer until this answer is out.
  buffer_.commit(length);
  if (read_next_) {
    read_next_ = false;
    read_header();
  }
}

void connection::end() {
  if (ended_)
    return;
  ended_ = true;
  if (exchange_)
    exchange_->lose();
  exchange_.reset();
  on_drained_ = nullptr;
  queue_.clear();
  auto& lowest = beast::get_lowest_layer(stream_);
  if (write_pending_ || read_pending_) {
    lowest.close();
    return;
  }
  constexpr auto goodbye_timeout = std::chrono::seconds{2};
  lowest.expires_after(goodbye_timeout);
  stream_.async_shutdown([self = shared_from_this()](error_code) {
    beast::get_lowest_layer(self->stream_).close();
  });
}

} // namespace troupe::http
