#include "node/dns/name.hpp"
#include "node/dns/server.hpp"
#include "node/dns/socket.hpp"
#include "runtime/base/prng.hpp"
#include "tests/support/net_world.hpp"

#include <catch2/catch.hpp>
#include <poll.h>

#include <functional>
#include <thread>

using namespace troupe;
using namespace troupe::dns;
using namespace std::chrono_literals;

namespace {

constexpr int patience_ms = 20'000;
constexpr int attempts = 4;

template <class T>
T must(result<T> outcome) {
  INFO((outcome ? "" : outcome.error().message));
  REQUIRE(outcome);
  return std::move(*outcome);
}

ip_address ip(std::string_view text) {
  return must(ip_address::parse(text));
}

/// lo is up, and nothing else is there.
struct world {
  support::net_world own;

  world() {
    auto net = must(sys::netlink::open());
    must(net.change_link(must(net.find_link("lo")).index, {.up = true}));
  }
};

std::vector<named_service> services() {
  named_service web{"web", "one", {ip("10.96.7.7")}, {{"http"}}, {}, {}};
  named_service out{"out", "one", {}, {}, {}, "www.example.com"};
  named_service many{"many", "one", {}, {}, {{}}, {}};
  for (int i = 0; i < 200; ++i)
    many.groups[0].endpoints.push_back(
        {{ip("10.244.1." + std::to_string(i))}, {}});
  return {web, out, many};
}

/// A server on a thread of its own.
class serving {
public:
  explicit serving(server_config config = {}) {
    config.address = ip("127.0.0.1");
    config.port = 0;
    const auto names =
        std::make_shared<const name_table>("cluster.local", services());
    server_ = must(server::open(config, [names] { return names; }));
    thread_ = std::thread{[this] { outcome_ = server_->run().has_value(); }};
  }

  ~serving() {
    server_->stop();
    thread_.join();
    CHECK(outcome_);
  }

  std::uint16_t port() const { return server_->port(); }

private:
  std::unique_ptr<server> server_;
  std::thread thread_;
  bool outcome_ = false;
};

bool readable(int fd, int within_ms = patience_ms) {
  pollfd one{fd, POLLIN, 0};
  return ::poll(&one, 1, within_ms) == 1;
}

query question_for(std::string_view name, std::uint16_t id = 7) {
  query out;
  out.id = id;
  out.recursion_desired = true;
  out.asked = make_question(name, record_type::a);
  return out;
}

/// "NXDOMAIN", or the addresses; what came over UDP.
std::string show(const bytes& message, const query& asked) {
  const auto said = must(parse_response(message, asked));
  std::string out = said.truncated ? "cut " : "";
  if (said.code == response_code::name_error)
    out += "NXDOMAIN ";
  if (said.code == response_code::server_failure)
    out += "SERVFAIL ";
  for (const auto& each : said.answers)
    if (const auto* address = std::get_if<ip_address>(&each.data))
      out += address->to_string() + " ";
  return out;
}

/// Asks from a socket of its own.
std::string ask(std::uint16_t port, const query& asked) {
  const auto fd = must(connect_datagrams(ip("127.0.0.1"), port));
  // A datagram may be lost where many come at once: it is sent again.
  bool heard = false;
  for (int i = 0; i < attempts && !heard; ++i) {
    REQUIRE(write_some(fd.get(), encode_query(asked)));
    heard = readable(fd.get(), patience_ms / attempts);
  }
  REQUIRE(heard);
  bytes message;
  REQUIRE(read_some(fd.get(), message, 65535) == read_end::some);
  return show(message, asked);
}

std::string ask(std::uint16_t port, std::string_view name) {
  return ask(port, question_for(name));
}

/// A connection that sends and hears messages.
class stream {
public:
  explicit stream(std::uint16_t port)
      : fd_(must(connect_stream(ip("127.0.0.1"), port))) {
    pollfd one{fd_.get(), POLLOUT, 0};
    REQUIRE(::poll(&one, 1, patience_ms) == 1);
  }

  void send(bytes_view octets) {
    REQUIRE(write_some(fd_.get(), octets) == octets.size());
  }

  /// The next message; none: the other side closed.
  std::optional<bytes> next(int within_ms = patience_ms) {
    while (true) {
      if (auto message = must(inbox_.next()))
        return message;
      bytes octets;
      if (!readable(fd_.get(), within_ms))
        FAIL("nothing came");
      if (read_some(fd_.get(), octets, 65535) == read_end::over)
        return std::nullopt;
      inbox_.add(octets);
    }
  }

  int fd() const { return fd_.get(); }

private:
  unique_fd fd_;
  stream_inbox inbox_{65535};
};

/// Another server, which says what it is told to say, over both transports.
class others {
public:
  using speech = std::function<bytes(const query&, bool stream)>;

  explicit others(speech say) : say_(std::move(say)) {
    datagrams_ = must(bind_datagrams(ip("127.0.0.1"), 0));
    port_ = port_of(datagrams_.get());
    streams_ = must(listen_streams(ip("127.0.0.1"), port_));
    thread_ = std::thread{[this] { run(); }};
  }

  ~others() {
    stop_ = true;
    thread_.join();
  }

  upstream place() const { return {ip("127.0.0.1"), port_}; }

private:
  void run() {
    while (!stop_) {
      pollfd all[] = {{datagrams_.get(), POLLIN, 0},
                      {streams_.get(), POLLIN, 0}};
      ::poll(all, 2, 20);
      if ((all[0].revents & POLLIN) != 0)
        hear_datagram();
      if ((all[1].revents & POLLIN) != 0)
        hear_stream();
    }
  }

  void hear_datagram() {
    bytes buffer(65535, '\0');
    peer from;
    from.length = sizeof from.address;
    const auto count =
        ::recvfrom(datagrams_.get(), buffer.data(), buffer.size(), 0,
                   reinterpret_cast<sockaddr*>(&from.address), &from.length);
    buffer.resize(static_cast<std::size_t>(count));
    const auto said = say_(*parse_query(buffer), false);
    if (!said.empty())
      ::sendto(datagrams_.get(), said.data(), said.size(), 0,
               reinterpret_cast<const sockaddr*>(&from.address), from.length);
  }

  void hear_stream() {
    unique_fd fd{::accept4(streams_.get(), nullptr, nullptr, SOCK_NONBLOCK)};
    stream_inbox inbox{65535};
    while (readable(fd.get())) {
      bytes octets;
      if (read_some(fd.get(), octets, 65535) == read_end::over)
        return;
      inbox.add(octets);
      if (const auto message = *inbox.next()) {
        write_some(fd.get(), to_stream(say_(*parse_query(*message), true)));
        return;
      }
    }
  }

  speech say_;
  unique_fd datagrams_;
  unique_fd streams_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

/// Also from other threads, where Catch must not be used.
answer addresses(std::size_t count, const std::string& owner) {
  answer out;
  for (std::size_t i = 0; i < count; ++i)
    out.answers.push_back({owner, record_type::a, 60,
                           *ip_address::parse("192.0.2." + std::to_string(i))});
  return out;
}

} // namespace

TEST_CASE("names of the cluster, over UDP and TCP") {
  const world here;
  const serving it;
  CHECK(ask(it.port(), "web.one.svc.cluster.local") == "10.96.7.7 ");
  CHECK(ask(it.port(), "none.one.svc.cluster.local") == "NXDOMAIN ");
  CHECK(ask(it.port(), "many.one.svc.cluster.local").starts_with("cut "));
  // Two on one connection, in pieces.
  stream link{it.port()};
  const auto many = question_for("many.one.svc.cluster.local", 1);
  auto web = question_for("web.one.svc.cluster.local", 2);
  web.asked.name_octets[1] = 'W';
  const auto both =
      to_stream(encode_query(many)) + to_stream(encode_query(web));
  link.send(both.substr(0, 1));
  link.send(both.substr(1, 40));
  link.send(both.substr(41));
  const auto first = show(*link.next(), many);
  CHECK(std::count(first.begin(), first.end(), ' ') == 200);
  CHECK(show(*link.next(), web) == "10.96.7.7 ");
  // Who says that nothing more comes is answered first.
  link.send(to_stream(encode_query(web)));
  ::shutdown(link.fd(), SHUT_WR);
  CHECK(show(*link.next(), web) == "10.96.7.7 ");
  CHECK_FALSE(link.next());
}

TEST_CASE("who cannot be reached is not waited for") {
  const world here;
  server_config config;
  // No route; nobody listens.
  config.forwards.upstreams = {{ip("192.0.2.1")}, {ip("127.0.0.1"), 9}};
  config.forwards.patience = std::chrono::hours{1};
  const serving it{config};
  CHECK(ask(it.port(), "www.example.com") == "SERVFAIL ");
  CHECK(ask(it.port(), "out.one.svc.cluster.local") == "SERVFAIL ");
  const serving none;
  CHECK(ask(none.port(), "www.example.com") == "SERVFAIL ");
}

TEST_CASE("others are asked for names that are not the cluster's") {
  const world here;
  const others silent{[](const query&, bool) { return bytes{}; }};
  std::atomic<int> asked = 0;
  const others good{[&](const query& what, bool over_stream) {
    ++asked;
    const auto said = addresses(over_stream ? 100 : 2, what.asked.name);
    if (what.asked.name == "large.example.com" && !over_stream) {
      answer cut;
      cut.truncated = true;
      return encode_response(what, cut, 512);
    }
    return encode_response(what, said, 65535);
  }};
  server_config config;
  config.forwards.upstreams = {silent.place(), good.place()};
  config.forwards.patience = 1s;
  const serving it{config};
  CHECK(ask(it.port(), "www.example.com") == "192.0.2.0 192.0.2.1 ");
  // An alias and what it stands for are one answer.
  CHECK(ask(it.port(), "out.one.svc.cluster.local") == "192.0.2.0 192.0.2.1 ");
  CHECK(asked == 2);
  // Cut answers stay cut over UDP; over TCP all of it is fetched.
  CHECK(ask(it.port(), "large.example.com") == "cut ");
  stream link{it.port()};
  const auto large = question_for("large.example.com");
  link.send(to_stream(encode_query(large)));
  const auto said = show(*link.next(), large);
  CHECK(std::count(said.begin(), said.end(), ' ') == 100);
}

TEST_CASE("an answer to another question is not taken") {
  const world here;
  const others liar{[](const query& what, bool) {
    auto other = what;
    ++other.id;
    return encode_response(other, addresses(1, what.asked.name), 512);
  }};
  server_config config;
  config.forwards.upstreams = {liar.place()};
  config.forwards.patience = 200ms;
  const serving it{config};
  CHECK(ask(it.port(), "www.example.com") == "SERVFAIL ");
}

TEST_CASE("questions in flight have a limit") {
  const world here;
  const others silent{[](const query&, bool) { return bytes{}; }};
  server_config config;
  config.forwards.upstreams = {silent.place()};
  config.forwards.patience = std::chrono::hours{1};
  config.forwards.questions_max = 3;
  const serving it{config};
  stream link{it.port()};
  for (std::uint16_t i = 0; i < 4; ++i)
    link.send(to_stream(encode_query(question_for("www.example.com", i))));
  CHECK(show(*link.next(), question_for("www.example.com", 3)) == "SERVFAIL ");
  CHECK(ask(it.port(), "web.one.svc.cluster.local") == "10.96.7.7 ");
}

TEST_CASE("connections have limits") {
  const world here;
  server_config config;
  config.streams.connections_max = 3;
  config.streams.connections_per_client_max = 4;
  const serving it{config};
  const auto web = question_for("web.one.svc.cluster.local");
  std::vector<stream> links;
  for (int i = 0; i < 4; ++i) {
    links.emplace_back(it.port());
    links.back().send(to_stream(encode_query(web)));
    CHECK(links.back().next());
  }
  // The first gave way to the last.
  CHECK_FALSE(links[0].next());
  config.streams.connections_per_client_max = 1;
  const serving strict{config};
  stream first{strict.port()};
  first.send(to_stream(encode_query(web)));
  CHECK(first.next());
  stream second{strict.port()};
  CHECK_FALSE(second.next());
}

TEST_CASE("who is idle, or sends too much, is sent away") {
  const world here;
  server_config config;
  config.streams.idle_max = 200ms;
  const serving it{config};
  stream idle{it.port()};
  idle.send("\x01");
  stream large{it.port()};
  large.send("\xff\xff");
  CHECK_FALSE(large.next());
  CHECK_FALSE(idle.next());
}

TEST_CASE("who never reads is not written to without end") {
  const world here;
  server_config config;
  config.streams.unsent_octets_max = 64 * 1024;
  const serving it{config};
  stream rude{it.port()};
  const auto many =
      to_stream(encode_query(question_for("many.one.svc.cluster.local")));
  // Until neither side takes more.
  for (int idle = 0; idle < 3;) {
    bytes burst;
    for (int i = 0; i < 100; ++i)
      burst += many;
    const auto count = write_some(rude.fd(), burst);
    if (!count)
      break;
    pollfd one{rude.fd(), POLLOUT, 0};
    idle = *count == 0 && ::poll(&one, 1, 50) == 0 ? idle + 1 : 0;
  }
  CHECK(ask(it.port(), "web.one.svc.cluster.local") == "10.96.7.7 ");
}

TEST_CASE("whatever comes, it goes on") {
  const world here;
  const serving it;
  prng random{23};
  const auto fd = must(connect_datagrams(ip("127.0.0.1"), it.port()));
  auto seed = encode_query(question_for("web.one.svc.cluster.local"));
  for (int i = 0; i < 3000; ++i) {
    auto message = seed;
    for (auto change = random.below(6); change > 0; --change)
      message[random.below(message.size())] =
          static_cast<char>(random.below(256));
    message.resize(random.below(2) == 0 ? message.size()
                                        : random.below(message.size()));
    write_some(fd.get(), message);
    if (i % 100 == 0) {
      stream link{it.port()};
      link.send(bytes(1, '\0') + bytes(1, 40) + message);
    }
  }
  CHECK(ask(it.port(), "web.one.svc.cluster.local") == "10.96.7.7 ");
}

TEST_CASE("a port that is taken is an error") {
  const world here;
  const serving it;
  server_config config;
  config.address = ip("127.0.0.1");
  config.port = it.port();
  CHECK_FALSE(server::open(config, [] { return nullptr; }));
  config.address = ip("192.0.2.1");
  CHECK_FALSE(server::open(config, [] { return nullptr; }));
}
