// Several servers that accept on one socket, as those of a cluster do on the
// one that `troupe up` opened.

#include "bootstrap/pki/pki.hpp"
#include "bootstrap/process/socket.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/http/http_server.hpp"
#include "runtime/http/shared_socket.hpp"
#include "tests/support/tls_client.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>

#include <map>
#include <thread>

using namespace troupe;
using troupe::testing::tls_client;

namespace {

class sharing_servers {
public:
  explicit sharing_servers(unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
      servers_.push_back(make("s" + std::to_string(i + 1)));
      const int fd = fcntl(socket_.fd.get(), F_DUPFD_CLOEXEC, 0);
      parts_.push_back(std::make_unique<http::shared_socket>(fd));
      REQUIRE(parts_.back()->attach(*servers_.back()));
      REQUIRE(parts_.back()->set_open(true));
    }
  }

  ~sharing_servers() {
    for (const auto& each : parts_)
      each->detach();
  }

  http::shared_socket& operator[](std::size_t index) { return *parts_[index]; }

  void destroy(std::size_t index) {
    parts_[index]->detach();
    servers_[index].reset();
  }

  /// Who answers a client that connects now.
  std::string ask() const {
    tls_client client{socket_.port, ca_.certificate};
    client.send("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
    return client.read_answer().second;
  }

  /// How many of so many clients, some at the same time, each one served.
  std::map<std::string, int> ask_often(int times) const {
    constexpr int at_once = 4;
    std::vector<std::string> answers(static_cast<std::size_t>(times));
    std::vector<std::thread> threads;
    for (int first = 0; first < at_once; ++first)
      threads.emplace_back([&, first] {
        for (int i = first; i < times; i += at_once)
          answers[static_cast<std::size_t>(i)] = ask();
      });
    for (auto& thread : threads)
      thread.join();
    std::map<std::string, int> out;
    for (const auto& answer : answers)
      ++out[answer];
    return out;
  }

private:
  std::unique_ptr<http::http_server> make(const std::string& name) const {
    const auto now = wall_now();
    const auto own = pki::issue(ca_, {{"server", {}},
                                      pki::usage::server,
                                      {},
                                      {"127.0.0.1"},
                                      now - std::chrono::hours{1},
                                      now + std::chrono::hours{1}})
                         .value();
    http::http_server_config config;
    config.tls = {own.certificate, own.private_key, ca_.certificate};
    return http::http_server::make(
               config,
               [name](http_request, std::shared_ptr<http_responder> to) {
                 to->respond(200, {}, make_shared_bytes(bytes{name}));
               },
               [](int, std::string_view) { return bytes{}; })
        .value();
  }

  pki::credential ca_ =
      pki::make_authority("ca", wall_now() - std::chrono::hours{1},
                          wall_now() + std::chrono::hours{1})
          .value();
  process::listening_socket socket_ = process::listen_on_loopback(0).value();
  std::vector<std::unique_ptr<http::http_server>> servers_;
  std::vector<std::unique_ptr<http::shared_socket>> parts_;
};

} // namespace

TEST_CASE("a connection to a shared socket is served by one of those there") {
  sharing_servers all{3};
  constexpr int times = 60;
  auto served = all.ask_often(times);
  CHECK(served["s1"] + served["s2"] + served["s3"] == times);
  for (int again = 0; again < 2; ++again)
    REQUIRE(all[0].set_open(false));
  served = all.ask_often(times);
  CHECK(served["s2"] + served["s3"] == times);
  all.destroy(1);
  served = all.ask_often(times);
  CHECK(served["s3"] == times);
  for (int again = 0; again < 2; ++again)
    REQUIRE(all[0].set_open(true));
  all[2].detach();
  served = all.ask_often(times);
  CHECK(served["s1"] == times);
}

TEST_CASE("who comes while nobody takes connections waits") {
  sharing_servers all{1};
  REQUIRE(all[0].set_open(false));
  std::string answer;
  std::thread client{[&] { answer = all.ask(); }};
  REQUIRE(all[0].set_open(true));
  client.join();
  CHECK(answer == "s1");
}
