#include "bootstrap/pki/pki.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/http/http_server.hpp"
#include "tests/support/tls_client.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <future>
#include <sstream>
#include <thread>

using namespace troupe;
using troupe::testing::tls_client;

namespace {

constexpr auto patience = std::chrono::seconds{30};

struct fixture {
  wall_time from = wall_now() - std::chrono::hours{1};
  wall_time until = wall_now() + std::chrono::hours{1};
  pki::credential ca = pki::make_authority("ca", from, until).value();
  pki::credential other_ca = pki::make_authority("other", from, until).value();
  pki::credential admin = client_of(ca);
  std::uint16_t port = 0;
  std::promise<void> peer_left;
  std::shared_future<void> left = peer_left.get_future().share();
  std::thread helper; ///< of the one request that needs it
  std::unique_ptr<http::http_server> server;

  explicit fixture(std::function<void(http::http_server_config&)> adjust = {},
                   bool listens = true) {
    auto own = pki::issue(ca, {{"server", {}},
                               pki::usage::server,
                               {},
                               {"127.0.0.1"},
                               from,
                               until})
                   .value();
    http::http_server_config config;
    config.tls = {own.certificate, own.private_key, ca.certificate};
    if (adjust)
      adjust(config);
    server = http::http_server::make(
                 config,
                 [this](http_request request,
                        std::shared_ptr<http_responder> responder) {
                   serve(std::move(request), std::move(responder));
                 },
                 [](int code, std::string_view message) {
                   return std::to_string(code) + " " + std::string{message};
                 })
                 .value();
    if (listens)
      port = server->listen("127.0.0.1", 0).value();
  }

  ~fixture() {
    server.reset();
    if (helper.joinable())
      helper.join();
  }

  pki::credential client_of(const pki::credential& authority) const {
    return pki::issue(authority, {{"admin", {"system:masters", "dev"}},
                                  pki::usage::client,
                                  {},
                                  {},
                                  from,
                                  until})
        .value();
  }

  void serve(http_request request, std::shared_ptr<http_responder> responder) {
    if (request.path == "/echo")
      responder->respond(
          200, {{"Content-Type", "text/plain"}},
          make_shared_bytes(request.method + " " + request.body));
    else if (request.path == "/who")
      responder->respond(
          200, {},
          make_shared_bytes(request.peer.common_name + " "
                            + (request.peer.organizations.empty()
                                   ? "-"
                                   : request.peer.organizations.front())));
    else if (request.path == "/large")
      responder->respond(200, {}, make_shared_bytes(bytes(1'000'000, 'x')));
    else if (request.path == "/header")
      responder->respond(200, {{"Warning", "a\r\nInjected: b"}}, nullptr);
    else if (request.path == "/headers") {
      bytes names;
      for (const auto& [name, value] : request.headers)
        names += name + " ";
      responder->respond(200, {}, make_shared_bytes(std::move(names)));
    } else if (request.path == "/later")
      helper = std::thread{[responder] {
        responder->respond(200, {}, make_shared_bytes("later"));
      }};
    else if (request.path == "/stream")
      stream(responder);
    else if (request.path == "/flood")
      flood(responder);
    else if (request.path == "/patient")
      patient(responder);
    // Anything else drops the responder unanswered.
  }

  void stream(const std::shared_ptr<http_responder>& responder) {
    responder->on_close([this] { peer_left.set_value(); });
    responder->start(200, {});
    responder->write(make_shared_bytes("first\n"));
    responder->write(make_shared_bytes("second\n"));
    helper = std::thread{[responder, left = left] { left.wait_for(patience); }};
  }

  /// Three chunks, each once the one before is out.
  void patient(const std::shared_ptr<http_responder>& responder) {
    responder->start(200, {});
    responder->on_drained([responder, left = 2]() mutable {
      if (left-- > 0)
        responder->write(make_shared_bytes(bytes(100'000, 'x')));
      else
        responder->finish();
    });
    responder->write(make_shared_bytes(bytes(100'000, 'x')));
  }

  void flood(const std::shared_ptr<http_responder>& responder) {
    responder->start(200, {});
    const auto chunk = make_shared_bytes(bytes(64 * 1024, 'x'));
    while (responder->write(chunk)) {
    }
    peer_left.set_value();
  }
};

std::string get(const std::string& path, const std::string& more = {}) {
  return "GET " + path + " HTTP/1.1\r\nHost: t\r\n" + more + "\r\n";
}

std::string post(const std::string& more) {
  return "POST /echo HTTP/1.1\r\nHost: t\r\n" + more + "\r\n";
}

/// A socket that outlives who accepts on it.
struct listening_socket {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port = 0;

  listening_socket() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* name = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(bind(fd, name, length) == 0);
    REQUIRE(listen(fd, 16) == 0);
    REQUIRE(getsockname(fd, name, &length) == 0);
    port = ntohs(address.sin_port);
  }

  ~listening_socket() { close(fd); }
};

/// Whether a connection of ours on that port has the keep-alive timer running;
/// acknowledgements may be outstanding for a moment.
bool has_keep_alive(std::uint16_t port) {
  char ours[16];
  std::snprintf(ours, sizeof ours, ":%04X", port);
  const auto deadline = mono_now() + patience;
  while (mono_now() < deadline) {
    std::ifstream table{"/proc/net/tcp"};
    for (std::string line; std::getline(table, line);) {
      std::istringstream row{line};
      std::string number, local, remote, state, queues, timer;
      row >> number >> local >> remote >> state >> queues >> timer;
      if (local.ends_with(ours) && state == "01" && timer.starts_with("02:"))
        return true;
    }
    poll(nullptr, 0, 5);
  }
  return false;
}

} // namespace

TEST_CASE("requests of one connection are answered one after another") {
  fixture f;
  tls_client client{f.port, f.ca.certificate};
  REQUIRE(client.connected());
  REQUIRE(client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5"
                      "\r\n\r\nhello"
                      + get("/echo") + get("/later")));
  CHECK(client.read_answer().second == "POST hello");
  CHECK(client.read_answer().second == "GET ");
  CHECK(client.read_answer().second == "later");
}

TEST_CASE("a client certificate names the peer; none is fine; a stranger's "
          "ends the connection") {
  fixture f;
  tls_client admin{f.port, f.ca.certificate, f.admin};
  admin.send(get("/who"));
  CHECK(admin.read_answer().second == "admin system:masters");
  tls_client nobody{f.port, f.ca.certificate};
  nobody.send(get("/who"));
  CHECK(nobody.read_answer().second == " -");
  tls_client stranger{f.port, f.ca.certificate, f.client_of(f.other_ca)};
  stranger.send(get("/who"));
  CHECK(stranger.read_answer().first.empty());
}

TEST_CASE("limits and malformed requests are answered before the handler") {
  fixture f{[](auto& config) { config.body_bytes_max = 10; }};
  struct row {
    std::string request;
    std::string want;
  };

  const row rows[] = {
      {"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 11\r\n\r\n", "413"},
      {get("/echo", "X: " + std::string(70'000, 'x') + "\r\n"), "431"},
      {"NONSENSE\r\n\r\n", "400"},
      {get("/%zz"), "400"},
      {get("/dropped"), "500"},
      // Two lengths, or one that is not known, would hide a second request.
      {post("Content-Length: 1\r\nContent-Length: 2\r\n"), "400"},
      {post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), "400"},
      {post("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), "400"},
      {post("Transfer-Encoding: xchunked\r\n"), "501"},
      {post("Transfer-Encoding: gzip, chunked\r\n"), "501"},
      {post("Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n"), "501"},
      {post("Transfer-Encoding: chunked\r\n") + "1;"
           + std::string(200'000, 'x'),
       "431"},
      {post("Transfer-Encoding: chunked\r\n")
           + "0\r\nX: " + std::string(200'000, 'x'),
       "431"},
  };
  for (const auto& r : rows) {
    INFO(r.request.substr(0, 60));
    tls_client client{f.port, f.ca.certificate};
    client.send(r.request);
    CHECK(client.read_answer().first.substr(0, 12) == "HTTP/1.1 " + r.want);
  }
}

TEST_CASE("trailers are no headers") {
  fixture f;
  tls_client client{f.port, f.ca.certificate};
  client.send("GET /headers HTTP/1.1\r\nHost: t\r\nA: 1\r\nTransfer-Encoding: "
              "chunked\r\n\r\n0\r\nA: 2\r\nB: 3\r\n\r\n"
              + get("/headers"));
  CHECK(client.read_answer().second == "Host A Transfer-Encoding ");
  CHECK(client.read_answer().second == "Host ");
}

TEST_CASE("a header that never ends has less time than an idle connection") {
  fixture f{[](auto& config) {
    config.request_timeout = std::chrono::milliseconds{100};
    config.idle_timeout = std::chrono::hours{1};
  }};
  tls_client client{f.port, f.ca.certificate};
  client.send("GET /echo HT");
  CHECK(client.at_end());
}

TEST_CASE("what comes to a socket that is let go waits for the next server") {
  fixture first{[](auto&) {}, false};
  fixture second{[](auto&) {}, false};
  const listening_socket listening;
  REQUIRE(first.server->adopt(dup(listening.fd)));
  tls_client early{listening.port, first.ca.certificate};
  early.send(get("/echo"));
  CHECK(early.read_answer().second == "GET ");
  first.server->stop_listening();
  auto late = std::async(std::launch::async, [&] {
    tls_client client{listening.port, second.ca.certificate};
    client.send(get("/echo"));
    return client.read_answer().second;
  });
  // An open connection goes on.
  early.send(get("/echo"));
  CHECK(early.read_answer().second == "GET ");
  REQUIRE(second.server->adopt(dup(listening.fd)));
  CHECK(late.get() == "GET ");
}

TEST_CASE("nobody is lost who comes while listening stops") {
  fixture f{[](auto&) {}, false};
  const listening_socket listening;
  for (int round = 0; round < 100; ++round) {
    REQUIRE(f.server->adopt(dup(listening.fd)));
    auto answer = std::async(std::launch::async, [&] {
      tls_client client{listening.port, f.ca.certificate};
      client.send(get("/echo"));
      return client.read_answer().second;
    });
    // Stops now before it comes, now after.
    for (int spins = round % 50 * 2'000; spins > 0; --spins)
      std::atomic_signal_fence(std::memory_order_seq_cst);
    f.server->stop_listening();
    REQUIRE(f.server->adopt(dup(listening.fd)));
    CHECK(answer.get() == "GET ");
    f.server->stop_listening();
  }
}

TEST_CASE("the kernel asks after a silent peer") {
  fixture f;
  tls_client client{f.port, f.ca.certificate};
  client.send(get("/echo"));
  client.read_answer();
  CHECK(has_keep_alive(f.port));
}

TEST_CASE("a header value never breaks out of its line") {
  fixture f;
  tls_client client{f.port, f.ca.certificate};
  client.send(get("/header"));
  const auto head = client.read_answer().first;
  CHECK(head.find("Warning: a  Injected: b\r\n") != head.npos);
}

TEST_CASE("large answers are gzipped for those who ask") {
  fixture f;
  tls_client client{f.port, f.ca.certificate};
  client.send(get("/large", "Accept-Encoding: gzip\r\n") + get("/large"));
  const auto packed = client.read_answer();
  CHECK(packed.first.find("Content-Encoding: gzip") != packed.first.npos);
  CHECK(packed.second.size() < 10'000);
  CHECK(client.read_answer().second.size() == 1'000'000);
}

TEST_CASE("a stream arrives chunk by chunk, and its end of interest shows") {
  fixture f;
  {
    tls_client client{f.port, f.ca.certificate};
    client.send(get("/stream"));
    const auto text = client.read_until("second\n\r\n");
    CHECK(text.find("Transfer-Encoding: chunked") != text.npos);
    CHECK(text.find("6\r\nfirst\n\r\n7\r\nsecond\n\r\n") != text.npos);
  }
  CHECK(f.left.wait_for(patience) == std::future_status::ready);
}

TEST_CASE("a reader that does not keep up is given up") {
  fixture f{[](auto& config) { config.stream_buffer_max = 1 << 20; }};
  tls_client client{f.port, f.ca.certificate};
  client.send(get("/flood"));
  CHECK(f.left.wait_for(patience) == std::future_status::ready);
}

TEST_CASE("a writer may wait for its reader, chunk by chunk") {
  fixture f;
  tls_client client{f.port, f.ca.certificate};
  client.send(get("/patient"));
  CHECK(client.read_until("0\r\n\r\n").size() > 300'000);
}

TEST_CASE("a port that is taken is named") {
  fixture f;
  const auto again = f.server->listen("127.0.0.1", f.port);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == errc::already_exists);
  CHECK(again.error().message.find(std::to_string(f.port))
        != std::string::npos);
}

TEST_CASE("a configuration out of range names its member") {
  http::http_server_config config;
  config.threads = 0;
  const auto valid = config.validate();
  REQUIRE_FALSE(valid);
  CHECK(valid.error().message == "threads must be within 1..64");
}

TEST_CASE("who sends too much hears so, and not that the connection broke") {
  fixture f{[](auto& config) { config.body_bytes_max = 10; }};
  // Far more than the sockets' buffers hold: the client sends on long after
  // the answer is out.
  const std::string body(32 * 1024 * 1024, 'x');
  for (int i = 0; i < 3; ++i) {
    tls_client client{f.port, f.ca.certificate};
    client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: "
                + std::to_string(body.size()) + "\r\n\r\n");
    CHECK(client.send(body));
    CHECK(client.read_answer().first.substr(0, 12) == "HTTP/1.1 413");
  }
}
