#include "bootstrap/pki/pki.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/http/http_server.hpp"
#include "tests/support/tls_client.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

using namespace troupe;
using troupe::testing::tls_client;

namespace {

constexpr auto patience = std::chrono::seconds{30};

/// Records what a tunnel says; echoes when told to.
class recorder final : public http_tunnel_handler {
public:
  void on_data(bytes data) override {
    if (on_data_)
      on_data_();
    std::lock_guard guard{mutex_};
    heard_ += data;
    changed_.notify_all();
  }

  void on_drained() override {
    std::lock_guard guard{mutex_};
    ++drained_;
    changed_.notify_all();
  }

  void on_close() override {
    std::lock_guard guard{mutex_};
    ++closed_;
    changed_.notify_all();
  }

  template <class Predicate>
  bool wait(Predicate holds) {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, patience, [&] { return holds(*this); });
  }

  bool wait_heard(const bytes& text) {
    return wait([&](auto& self) { return self.heard_ == text; });
  }

  bool wait_closed() {
    return wait([](auto& self) { return self.closed_ > 0; });
  }

  std::function<void()> on_data_; ///< set before anything is read
  std::mutex mutex_;
  std::condition_variable changed_;
  bytes heard_;
  int drained_ = 0;
  int closed_ = 0;
};

struct fixture {
  wall_time from = wall_now() - std::chrono::hours{1};
  wall_time until = wall_now() + std::chrono::hours{1};
  pki::credential ca = pki::make_authority("ca", from, until).value();
  std::shared_ptr<recorder> heard = std::make_shared<recorder>();
  std::promise<std::shared_ptr<http_tunnel>> upgraded;
  std::uint16_t port = 0;
  std::unique_ptr<http::http_server> server;

  fixture() {
    auto own = pki::issue(ca, {{"server", {}},
                               pki::usage::server,
                               {},
                               {"127.0.0.1"},
                               from,
                               until})
                   .value();
    http::http_server_config config;
    config.tls = {own.certificate, own.private_key, ca.certificate};
    config.stream_buffer_max = 1 << 20;
    server =
        http::http_server::make(
            config,
            [this](http_request, std::shared_ptr<http_responder> to) {
              upgraded.set_value(to->upgrade({{"Upgrade", "test"}}, heard));
              // Too late: the tunnel has the connection.
              to->respond(200, {}, nullptr);
            },
            [](int, std::string_view) { return bytes{}; })
            .value();
    port = server->listen("127.0.0.1", 0).value();
  }

  std::shared_ptr<http_tunnel> tunnel() { return upgraded.get_future().get(); }
};

constexpr const char* ask = "GET / HTTP/1.1\r\nHost: t\r\nUpgrade: test\r\n"
                            "Connection: Upgrade\r\n\r\n";

} // namespace

TEST_CASE("an upgrade answers 101 and carries octets both ways") {
  fixture f;
  tls_client client{f.port, f.ca.certificate};
  client.send(std::string{ask} + "early");
  const auto tunnel = f.tunnel();
  const auto head = client.read_until("\r\n\r\n");
  CHECK(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  CHECK(head.find("Upgrade: test\r\n") != head.npos);
  CHECK(head.find("Connection: Upgrade\r\n") != head.npos);
  tunnel->resume();
  CHECK(f.heard->wait_heard("early"));
  client.send(" bird");
  CHECK(f.heard->wait_heard("early bird"));
  CHECK(tunnel->write(make_shared_bytes("worm")));
  CHECK(client.read_until("worm") == "worm");
  CHECK(f.heard->wait([](auto& self) { return self.drained_ > 0; }));
}

TEST_CASE("what a peer sends to a paused tunnel waits") {
  fixture f;
  tls_client client{f.port, f.ca.certificate};
  client.send(ask);
  const auto tunnel = f.tunnel();
  client.read_until("\r\n\r\n");
  client.send("unheard");
  // A whole round trip later there is still nothing to hear.
  tunnel->write(make_shared_bytes("ping"));
  CHECK(client.read_until("ping") == "ping");
  CHECK(f.heard->heard_.empty());
  tunnel->resume();
  CHECK(f.heard->wait_heard("unheard"));
}

TEST_CASE("writes keep their order, whatever threads they come from") {
  fixture f;
  tls_client client{f.port, f.ca.certificate};
  client.send(ask);
  const auto tunnel = f.tunnel();
  client.read_until("\r\n\r\n");
  // The first from another thread, the second from the socket's own.
  f.heard->on_data_ = [&] {
    std::thread{[&] { tunnel->write(make_shared_bytes("first ")); }}.join();
    tunnel->write(make_shared_bytes("second."));
  };
  tunnel->resume();
  client.send("go");
  CHECK(client.read_until("second.") == "first second.");
  CHECK(f.heard->wait_heard("go"));
}

TEST_CASE("a peer that does not read bounds what can be written") {
  fixture f;
  tls_client client{f.port, f.ca.certificate};
  client.send(ask);
  const auto tunnel = f.tunnel();
  const auto chunk = make_shared_bytes(bytes(64 * 1024, 'x'));
  std::size_t sent = 0;
  while (tunnel->write(chunk))
    sent += chunk->size();
  // The answer's head may still wait too, and take the last chunk's place.
  CHECK(sent + chunk->size() >= 1 << 20);
  // Nothing of it is lost once the peer reads, and there is room again.
  CHECK(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 101"));
  tunnel->close();
  const auto got = client.read_until("never sent").size();
  CHECK(got == sent);
  CHECK(f.heard->wait_closed());
}

TEST_CASE("a tunnel ends once: by close, by the peer, by time, by the server, "
          "by its last owner") {
  fixture f;
  auto client = std::make_unique<tls_client>(f.port, f.ca.certificate);
  client->send(ask);
  auto tunnel = f.tunnel();
  SECTION("close sends what is queued first") {
    tunnel->write(make_shared_bytes("bye"));
    tunnel->close();
    client->read_until("\r\n\r\n");
    CHECK(client->read_until("bye") == "bye");
    CHECK(client->at_end());
  }
  SECTION("peer") {
    tunnel->resume();
    client.reset();
  }
  SECTION("time") {
    tunnel->expire_after(std::chrono::milliseconds{1});
  }
  SECTION("server") {
    f.server.reset();
  }
  SECTION("owner") {
    tunnel.reset();
  }
  CHECK(f.heard->wait_closed());
  if (tunnel) {
    CHECK_FALSE(tunnel->write(make_shared_bytes("x")));
    tunnel->close();
  }
  f.server.reset();
  CHECK(f.heard->closed_ == 1);
}

TEST_CASE("a deadline that is taken back ends nothing") {
  fixture f;
  tls_client client{f.port, f.ca.certificate};
  client.send(ask);
  const auto tunnel = f.tunnel();
  tunnel->expire_after(std::chrono::hours{1});
  tunnel->expire_after(std::nullopt);
  tunnel->write(make_shared_bytes("here"));
  CHECK(client.read_until("here").ends_with("here"));
}
