#include "runtime/http/http_server.hpp"

#include "runtime/base/log.hpp"
#include "runtime/http/connection.hpp"
#include "runtime/http/tls.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>

namespace troupe::http {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

status_result http_server_config::validate() const {
  const auto wrong = [](const char* member, const char* expected) {
    return error{errc::invalid_argument,
                 std::string{member} + " must be " + expected};
  };
  if (threads < 1 || threads > 64)
    return wrong("threads", "within 1..64");
  if (connections_max < 1)
    return wrong("connections_max", "at least 1");
  if (header_bytes_max < 1024)
    return wrong("header_bytes_max", "at least 1024");
  if (body_bytes_max < 1)
    return wrong("body_bytes_max", "at least 1");
  if (stream_buffer_max < 1)
    return wrong("stream_buffer_max", "at least 1");
  return unit{};
}

class http_server::impl {
public:
  impl(http_server_config config, http_handler handler, error_body errors,
       asio::ssl::context tls)
      : context_(new server_context{.config = std::move(config),
                                    .handler = std::move(handler),
                                    .errors = std::move(errors),
                                    .tls = std::move(tls)}),
        work_(context_->io.get_executor()) {
    for (unsigned i = 0; i < context_->config.threads; ++i)
      threads_.emplace_back([this] { context_->io.run(); });
  }

  ~impl() {
    stop_listening();
    {
      std::lock_guard guard{mutex_};
      stopping_ = true;
      for (const auto& link : connections_)
        if (auto alive = link.lock())
          alive->close();
    }
    // Every pending operation now fails, so the loop runs out of work.
    work_.reset();
    for (auto& thread : threads_)
      thread.join();
  }

  status_result adopt(int descriptor) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length)
        != 0)
      return error{errc::invalid_argument, "file descriptor "
                                               + std::to_string(descriptor)
                                               + " is not a socket"};
    auto acceptor =
        std::make_shared<tcp::acceptor>(asio::make_strand(context_->io));
    boost::system::error_code code;
    acceptor->assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(),
                     descriptor, code);
    if (code)
      return error{errc::io_error, "listening socket: " + code.message()};
    begin(std::move(acceptor), descriptor);
    return unit{};
  }

  void leave(int descriptor) {
    acceptor_ptr found;
    {
      std::lock_guard guard{mutex_};
      const auto at = std::ranges::find(acceptors_, descriptor,
                                        &adopted_or_own::descriptor);
      if (at == acceptors_.end())
        return;
      found = std::move(at->acceptor);
      acceptors_.erase(at);
    }
    close(found);
  }

  result<std::uint16_t> listen(const std::string& text, std::uint16_t port) {
    boost::system::error_code code;
    const auto address = asio::ip::make_address(text, code);
    if (code)
      return error{errc::invalid_argument,
                   "\"" + text + "\" is not an IP address"};
    auto acceptor =
        std::make_shared<tcp::acceptor>(asio::make_strand(context_->io));
    const tcp::endpoint endpoint{address, port};
    acceptor->open(endpoint.protocol(), code);
    if (!code)
      acceptor->set_option(tcp::acceptor::reuse_address{true}, code);
    if (!code)
      acceptor->bind(endpoint, code);
    if (!code)
      acceptor->listen(asio::socket_base::max_listen_connections, code);
    if (code)
      return error{code == asio::error::address_in_use ? errc::already_exists
                                                       : errc::io_error,
                   "cannot listen on " + text + ":" + std::to_string(port)
                       + ": " + code.message()};
    const auto bound = acceptor->local_endpoint(code).port();
    begin(std::move(acceptor), none);
    return bound;
  }

  void stop_listening() {
    std::vector<adopted_or_own> all;
    {
      std::lock_guard guard{mutex_};
      all.swap(acceptors_);
    }
    for (const auto& each : all)
      close(each.acceptor);
  }

  std::size_t connections() const { return context_->open; }

private:
  using acceptor_ptr = std::shared_ptr<tcp::acceptor>;

  static constexpr int none = -1;

  struct adopted_or_own {
    acceptor_ptr acceptor;
    int descriptor; ///< of the adopted one; `none`: its own
  };

  /// Others may have the socket too: closing ours would not end that the kernel
  /// tells us of it.
  static void close(const acceptor_ptr& acceptor) {
    asio::post(acceptor->get_executor(), asio::use_future([acceptor] {
                 boost::system::error_code failed;
                 const int socket = acceptor->release(failed);
                 if (!failed)
                   ::close(socket);
               }))
        .wait();
  }

  void begin(acceptor_ptr acceptor, int descriptor) {
    std::lock_guard guard{mutex_};
    acceptors_.push_back({acceptor, descriptor});
    asio::post(acceptor->get_executor(),
               [this, acceptor] { accept(acceptor); });
  }

  void accept(std::shared_ptr<tcp::acceptor> acceptor) {
    acceptor->async_accept(
        asio::make_strand(context_->io),
        [this, acceptor](boost::system::error_code code, tcp::socket socket) {
          // What the kernel has handed over is ours, also when listening has
          // stopped meanwhile.
          if (!code && context_->open < context_->config.connections_max)
            serve(std::move(socket));
          if (!acceptor->is_open())
            return;
          if (code)
            return retry(acceptor, code);
          accept(acceptor);
        });
  }

  /// Out of descriptors or memory: accepting again at once would spin.
  void retry(std::shared_ptr<tcp::acceptor> acceptor,
             const boost::system::error_code& code) {
    log_warning("http", "accept: " + code.message());
    constexpr auto pause = std::chrono::milliseconds{100};
    auto timer =
        std::make_shared<asio::steady_timer>(acceptor->get_executor(), pause);
    timer->async_wait([this, acceptor, timer](boost::system::error_code) {
      accept(acceptor);
    });
  }

  void serve(tcp::socket socket) {
    auto link = std::make_shared<connection>(std::move(socket), context_);
    {
      std::lock_guard guard{mutex_};
      if (stopping_)
        return;
      std::erase_if(connections_,
                    [](const auto& other) { return other.expired(); });
      connections_.insert(link);
    }
    link->start();
  }

  std::shared_ptr<server_context> context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::mutex mutex_;
  std::vector<adopted_or_own> acceptors_;
  std::set<std::weak_ptr<connection>, std::owner_less<>> connections_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

http_server::http_server(std::unique_ptr<impl> state)
    : impl_(std::move(state)) {
  // nop
}

http_server::~http_server() = default;

result<std::unique_ptr<http_server>>
http_server::make(http_server_config config, http_handler handler,
                  error_body errors) {
  if (auto valid = config.validate(); !valid)
    return std::move(valid).error();
  auto tls = make_tls_context(config.tls);
  if (!tls)
    return std::move(tls).error();
  return std::unique_ptr<http_server>{new http_server{
      std::make_unique<impl>(std::move(config), std::move(handler),
                             std::move(errors), std::move(*tls))}};
}

result<std::uint16_t> http_server::listen(const std::string& address,
                                          std::uint16_t port) {
  return impl_->listen(address, port);
}

status_result http_server::adopt(int listening_fd) {
  return impl_->adopt(listening_fd);
}

void http_server::leave(int listening_fd) {
  impl_->leave(listening_fd);
}

void http_server::stop_listening() {
  impl_->stop_listening();
}

std::size_t http_server::connections() const {
  return impl_->connections();
}

} // namespace troupe::http
