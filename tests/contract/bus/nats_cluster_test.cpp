// What several nats-servers that carry one bus promise: the same as one, and
// that any of them may go.

#include "tests/contract/bus/bus_world.hpp"
#include "tests/support/nats_cluster.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto some_type = message_type::api_request;
constexpr std::size_t several = 3;

/// Of an ask. What is lost on its way costs this, so it is not long.
constexpr duration deadline = std::chrono::milliseconds{250};

result<std::shared_ptr<bus_stream_handler>>
no_streams(bus_request, std::shared_ptr<bus_stream>) {
  return error{errc::unsupported, "no streams here"};
}

/// Answers what it was asked, and streams into `log`.
std::shared_ptr<bus_service> echo(std::shared_ptr<stream_log> log = nullptr) {
  auto take = [log](bus_request, std::shared_ptr<bus_stream> stream)
      -> result<std::shared_ptr<bus_stream_handler>> {
    log->hold(std::move(stream));
    return std::shared_ptr<bus_stream_handler>{log};
  };
  return std::make_shared<fake_service>(
      [](bus_request x, reply<bus_answer> answer) {
        answer({message_type::api_response, x.payload});
      },
      log ? fake_service::open_fn{take} : no_streams);
}

/// Who hears of another's subscriptions hears a moment later than that other
/// has them, so who asks asks again.
bool answers(messenger& from, const std::string& address,
             const std::string& text = "hello") {
  auto time = deadline;
  return eventually([&] {
    answer_slot slot;
    from.ask(address, some_type, text, mono_now() + time, slot.done());
    const auto got = slot.get();
    time *= 2; // a slow machine
    return got.has_value() && got->payload == text;
  });
}

/// A process that came to the bus at the nats-server of that index.
class guest {
public:
  guest(const nats_cluster& cluster, const bus_peer& self, std::size_t at)
      : address_{"/" + self.role + "/" + self.name + "/echo"},
        bus_{*make_nats_messenger(cluster.config_for(self, at))},
        served_{bus_->serve(address_, echo())} {
    REQUIRE(eventually([&] { return bus_->connected(); }));
  }

  messenger& bus() const { return *bus_; }

  const std::string& address() const { return address_; }

private:
  std::string address_;
  std::unique_ptr<messenger> bus_;
  std::unique_ptr<bus_registration> served_;
};

} // namespace

TEST_CASE("messages pass between nats-servers of a cluster", "[bus]") {
  const nats_cluster cluster{several};
  const guest s1{cluster, {"server", "s1"}, 0};
  const guest s2{cluster, {"server", "s2"}, 1};
  const guest n1{cluster, {"node", "n1"}, 2};
  for (const auto* from : {&s1, &s2, &n1})
    for (const auto* to : {&s1, &s2})
      CHECK(answers(from->bus(), to->address()));
  for (const auto* from : {&s1, &s2})
    CHECK(answers(from->bus(), n1.address()));
  CHECK(answers(n1.bus(), "/server/any/echo"));
  CHECK(answers(s1.bus(), s2.address(), bytes(bus_message_max - 1024, 'x')));

  const auto heard = std::make_shared<stream_log>();
  const auto taker = s2.bus().serve("/server/s2/taker", echo(heard));
  const auto told = std::make_shared<stream_log>();
  const auto stream =
      n1.bus().open("/server/s2/taker", message_type::log_open, "please", told);
  constexpr std::size_t count = 5000;
  for (std::size_t i = 0; i < count; ++i)
    REQUIRE(stream->send(std::to_string(i)));
  REQUIRE(eventually([&] { return heard->now().messages.size() == count; }));
  const auto messages = heard->now().messages;
  for (std::size_t i = 0; i < count; ++i)
    REQUIRE(messages[i] == std::to_string(i));
  CHECK(told->now().ends.empty());
}

TEST_CASE("whichever nats-server dies, its clients are back at another",
          "[bus]") {
  nats_cluster cluster{several};
  const guest s1{cluster, {"server", "s1"}, 0};
  const guest s2{cluster, {"server", "s2"}, 1};
  const guest s3{cluster, {"server", "s3"}, 2};
  const guest n1{cluster, {"node", "n1"}, 0};
  const guest* const servers[] = {&s1, &s2, &s3};
  // Each server's own in turn, the first twice: it has clients of others then.
  for (const std::size_t victim : {0u, 1u, 2u, 0u}) {
    for (const auto* each : servers)
      REQUIRE(answers(n1.bus(), each->address()));
    const auto begin = mono_now();
    cluster.member(victim).kill();
    for (const auto* from : servers)
      for (const auto* to : servers)
        CHECK(answers(from->bus(), to->address()));
    for (const auto* each : servers) {
      CHECK(answers(each->bus(), n1.address()));
      CHECK(answers(n1.bus(), each->address()));
    }
    const auto took = std::chrono::duration<double>(mono_now() - begin);
    UNSCOPED_INFO("without s" << victim + 1 << ": " << took.count() << " s");
    cluster.member(victim).start();
  }
}

TEST_CASE("only a cluster's own nats-servers carry its bus", "[bus]") {
  nats_cluster cluster{several};
  const guest s1{cluster, {"server", "s1"}, 0};
  auto family = cluster.family();
  nats_place place;
  place.name = "s9";
  std::string complaint;
  SECTION("not one with a certificate alone") {
    family.identities.route_password = "GUESSED";
    complaint = "authentication error";
  }
  SECTION("not one with the password alone") {
    place.stranger = true;
    complaint = "TLS route handshake error: tls: failed to verify client";
  }
  const reserved_port own;
  place.route_port = own.number();
  place.routes = {cluster.route_port(0)};
  nats_process intruder{family, place};
  INFO(cluster.member(0).log());
  CHECK(eventually([&] {
    return cluster.member(0).log().find(complaint) != complaint.npos;
  }));
  // Who joins there, as the cluster's own process, is alone.
  const auto lost = make_nats_messenger(intruder.config_for({"node", "n1"}));
  REQUIRE(lost.has_value());
  REQUIRE(eventually([&] { return (*lost)->connected(); }));
  answer_slot slot;
  (*lost)->ask(s1.address(), some_type, "", mono_now() + std::chrono::hours{1},
               slot.done());
  CHECK(slot.get().error().code == errc::unavailable);
}
