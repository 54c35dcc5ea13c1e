#include "bootstrap/process/socket.hpp"
#include "bootstrap/publish/forwarder.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <thread>

using namespace troupe;
using namespace troupe::publish;

namespace {

constexpr int patience_milliseconds = 30'000;

process::listening_socket listen_somewhere() {
  auto made = process::listen_on_loopback(0);
  REQUIRE(made);
  return std::move(*made);
}

endpoint at(std::uint16_t port) {
  return {ip_address::v4({127, 0, 0, 1}), port};
}

/// A port that is bound and does not listen: connecting to it is refused.
struct closed_port {
  unique_fd socket;
  std::uint16_t port = 0;

  closed_port() : socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof name;
    REQUIRE(bind(socket.get(), reinterpret_cast<sockaddr*>(&name), length)
            == 0);
    REQUIRE(
        getsockname(socket.get(), reinterpret_cast<sockaddr*>(&name), &length)
        == 0);
    port = ntohs(name.sin_port);
  }
};

unique_fd connect_to(std::uint16_t port) {
  unique_fd out{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(connect(out.get(), reinterpret_cast<sockaddr*>(&name), sizeof name)
          == 0);
  return out;
}

void wait_readable(const unique_fd& socket) {
  pollfd what{socket.get(), POLLIN, 0};
  REQUIRE(poll(&what, 1, patience_milliseconds) == 1);
}

unique_fd accept_on(const unique_fd& socket) {
  wait_readable(socket);
  unique_fd out{accept(socket.get(), nullptr, nullptr)};
  REQUIRE(out);
  return out;
}

void put(const unique_fd& to, const std::string& text) {
  REQUIRE(send(to.get(), text.data(), text.size(), MSG_NOSIGNAL)
          == static_cast<ssize_t>(text.size()));
}

/// Everything until the other side has ended its half.
std::string read_all(const unique_fd& from) {
  std::string out;
  char octets[4096];
  for (;;) {
    wait_readable(from);
    const auto got = recv(from.get(), octets, sizeof octets, 0);
    REQUIRE(got >= 0);
    if (got == 0)
      return out;
    out.append(octets, static_cast<std::size_t>(got));
  }
}

/// Waits for the end of a connection; the error it ended with, 0: none.
int end_of(const unique_fd& socket) {
  wait_readable(socket);
  char octet;
  return recv(socket.get(), &octet, 1, 0) < 0 ? errno : 0;
}

struct running {
  std::uint16_t port = 0;
  std::unique_ptr<forwarder> it;
};

running forward_to(std::vector<endpoint> targets) {
  auto socket = listen_somewhere();
  std::vector<route> routes;
  routes.push_back({std::move(socket.fd), std::move(targets)});
  auto started = forwarder::start(std::move(routes));
  REQUIRE(started);
  return {socket.port, std::move(*started)};
}

} // namespace

TEST_CASE("a connection is carried both ways, each half to its end") {
  const auto target = listen_somewhere();
  const auto forward = forward_to({at(target.port)});
  const auto client = connect_to(forward.port);
  const auto served = accept_on(target.fd);
  put(client, "question");
  shutdown(client.get(), SHUT_WR);
  CHECK(read_all(served) == "question");
  put(served, "answer");
  shutdown(served.get(), SHUT_WR);
  CHECK(read_all(client) == "answer");
}

TEST_CASE("more than any buffer holds arrives whole and in order") {
  const auto target = listen_somewhere();
  const auto forward = forward_to({at(target.port)});
  const auto client = connect_to(forward.port);
  const auto served = accept_on(target.fd);
  std::string sent(8 * 1024 * 1024, 'x');
  for (std::size_t i = 0; i < sent.size(); i += 97)
    sent[i] = static_cast<char>('a' + i % 23);
  std::thread sender([&] {
    std::size_t done = 0;
    while (done < sent.size()) {
      const auto put = send(served.get(), sent.data() + done,
                            sent.size() - done, MSG_NOSIGNAL);
      if (put <= 0)
        break;
      done += static_cast<std::size_t>(put);
    }
    shutdown(served.get(), SHUT_WR);
  });
  const auto got = read_all(client);
  sender.join();
  CHECK(got == sent);
}

TEST_CASE("a target that takes nobody is passed over") {
  const closed_port closed;
  const auto target = listen_somewhere();
  const auto forward = forward_to({at(closed.port), at(target.port)});
  for (int i = 0; i < 2; ++i) {
    const auto client = connect_to(forward.port);
    const auto served = accept_on(target.fd);
    put(served, "here");
    shutdown(served.get(), SHUT_WR);
    CHECK(read_all(client) == "here");
  }
}

TEST_CASE("whom no target takes is reset") {
  const closed_port closed;
  const auto forward = forward_to({at(closed.port)});
  CHECK(end_of(connect_to(forward.port)) == ECONNRESET);
}

TEST_CASE("a broken connection is reset on the other side") {
  const auto target = listen_somewhere();
  const auto forward = forward_to({at(target.port)});
  const auto client = connect_to(forward.port);
  auto served = accept_on(target.fd);
  const linger at_once{1, 0};
  setsockopt(served.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  served.reset();
  CHECK(end_of(client) == ECONNRESET);
}

TEST_CASE("the end of the forwarder resets what is open") {
  const auto target = listen_somewhere();
  auto forward = forward_to({at(target.port)});
  const auto client = connect_to(forward.port);
  const auto served = accept_on(target.fd);
  forward.it.reset();
  CHECK(end_of(client) == ECONNRESET);
  CHECK(end_of(served) == ECONNRESET);
}
