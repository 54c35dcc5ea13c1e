#include "bootstrap/bus/identities.hpp"
#include "messages/base/base64.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/nats/nats_connection.hpp"
#include "tests/support/nats_process.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>

#include <thread>

using namespace troupe;
using namespace troupe::test;

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// A NATS server for one client, with a nonce of the test's choice. A client
/// that loses patience may come again.
class choosy_server {
public:
  choosy_server(const pki::credential& authority, std::string nonce)
      : nonce_{std::move(nonce)} {
    const auto own = loopback_certificate(authority, pki::usage::server);
    tls_.use_certificate_chain(asio::buffer(own.certificate));
    tls_.use_private_key(asio::buffer(own.private_key),
                         asio::ssl::context::pem);
    thread_ = std::thread{[this] { serve(); }};
  }

  ~choosy_server() { stop(); }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  /// What the client said in CONNECT, once it is gone.
  std::string connect() {
    stop();
    return connect_;
  }

private:
  void stop() {
    // Wakes who accepts.
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    if (thread_.joinable())
      thread_.join();
  }

  void serve() {
    boost::system::error_code code;
    for (;;) {
      auto socket = acceptor_.accept(code);
      if (code)
        return;
      serve(std::move(socket));
    }
  }

  /// Until the client leaves.
  void serve(tcp::socket socket) {
    boost::system::error_code code;
    asio::ssl::stream<tcp::socket> stream{std::move(socket), tls_};
    asio::write(stream.next_layer(),
                asio::buffer(R"(INFO {"server_id":"x","version":"2.9.10",)"
                             R"("proto":1,"tls_required":true,)"
                             R"("max_payload":1024,"nonce":")"
                             + nonce_ + "\"}\r\n"),
                code);
    if (!code)
      stream.handshake(asio::ssl::stream_base::server, code);
    std::string text;
    while (!code) {
      const auto size =
          asio::read_until(stream, asio::dynamic_buffer(text), "\r\n", code);
      const auto line = text.substr(0, size);
      text.erase(0, size);
      if (line.starts_with("CONNECT "))
        connect_ = line.substr(8);
      if (line == "PING\r\n")
        asio::write(stream, asio::buffer("PONG\r\n", 6), code);
    }
  }

  std::string nonce_;
  std::string connect_;
  asio::io_context io_;
  tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
  asio::ssl::context tls_{asio::ssl::context::tls_server};
  std::thread thread_;
};

/// A nonce whose signature begins with zero, or does not.
std::string find_nonce(const bus::nkey& key, bool zero) {
  for (int i = 0;; ++i) {
    auto nonce = "nonce" + std::to_string(i);
    if ((key.sign(nonce).front() == '\0') == zero)
      return nonce;
  }
}

} // namespace

TEST_CASE("every signature is sent, with whatever octet it begins", "[nats]") {
  const bool zero = GENERATE(false, true);
  CAPTURE(zero);
  const auto now = wall_now();
  const auto authority = *pki::make_authority(
      "test", now - std::chrono::hours{1}, now + std::chrono::hours{1});
  const std::string uid = "6d0f9c1e";
  const bus_peer n1{"node", "n1"};
  nats_config config;
  config.credentials =
      *bus::issue_credentials(bus::make_authority(uid, now), uid, n1, now);
  config.ca_pem = authority.certificate;
  config.cluster_uid = uid;
  config.self = n1;
  const auto credentials = *bus::parse_credentials(config.credentials);
  const auto nonce = find_nonce(credentials.key, zero);
  choosy_server server{authority, nonce};
  config.urls = {"tls://127.0.0.1:" + std::to_string(server.port())};
  {
    auto opened =
        bus::nats_connection::open(config, credentials, bus::lane::control,
                                   std::make_shared<bus::nats_inlet>(), [] {});
    REQUIRE(opened.has_value());
    const auto deadline = mono_now() + std::chrono::seconds{60};
    while (!(*opened)->connected() && mono_now() < deadline)
      poll(nullptr, 0, 5);
    CHECK((*opened)->connected());
  }
  const auto said = nlohmann::json::parse(server.connect());
  CHECK(said.at("jwt") == credentials.jwt);
  CHECK(said.at("sig") == base64url_encode(credentials.key.sign(nonce)));
}
