#include "actors/gateway/stream/command_fsm.hpp"
#include "actors/gateway/stream/spdy_channels.hpp"
#include "actors/gateway/stream/websocket_channels.hpp"
#include "tests/support/spdy_client.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;
using namespace troupe::test;
using namespace troupe::gateway::command;
using node_io::channel;

namespace {

template <class Effect>
const Effect* find(const std::vector<effect>& all) {
  for (const auto& one : all)
    if (const auto* it = std::get_if<Effect>(&one))
      return it;
  return nullptr;
}

fsm websocket_fsm() {
  return {std::make_unique<websocket_channels>(true), "it failed"};
}

fsm spdy_fsm() {
  node_io::command_request request;
  request.stdin_ = true;
  return {std::make_unique<spdy_channels>(request), "it failed"};
}

node_message out(const bytes& data) {
  return {bytes(1, static_cast<char>(channel::out)) + data};
}

} // namespace

TEST_CASE("what the node sends in one go is consumed once it is out") {
  auto f = websocket_fsm();
  f.step(begin{true});
  CHECK_FALSE(find<consume_node>(f.step(out("abc"))));
  const auto drained = f.step(client_drained{});
  REQUIRE(find<consume_node>(drained));
  CHECK(find<consume_node>(drained)->octets == 4);
  CHECK(f.step(client_drained{}).empty());
  // Nothing goes out for it, so nothing would drain.
  CHECK(find<consume_node>(f.step(out("")))->octets == 1);
}

TEST_CASE("a client's own windows hold back what is consumed") {
  spdy_client client;
  node_io::command_request request;
  request.stdout_ = true;
  fsm f{std::make_unique<spdy_channels>(request), "it failed"};
  f.step(begin{});
  f.step(client_octets{joined({client.open("error"), client.open("stdout"),
                               client.write(spdy::window_update{0, 1})})});
  f.step(out(bytes(70'000, 'x')));
  CHECK_FALSE(find<consume_node>(f.step(client_drained{})));
  const auto widened =
      f.step(client_octets{client.write(spdy::window_update{3, 100'000})
                           + client.write(spdy::window_update{0, 100'000})});
  CHECK(find<write_client>(widened));
  CHECK(find<consume_node>(f.step(client_drained{})));
}

TEST_CASE("input before the streams are open has a limit") {
  auto f = spdy_fsm();
  spdy_client client;
  f.step(begin{});
  f.step(client_octets{client.open("stdin")});
  CHECK_FALSE(find<close_client>(
      f.step(client_octets{client.send("stdin", bytes(200'000, 'x'))})));
  CHECK(find<close_client>(
      f.step(client_octets{client.send("stdin", bytes(200'000, 'x'))})));
  CHECK(f.step(client_closed{}).empty());
}

TEST_CASE("a resize that is no document is dropped") {
  auto f = websocket_fsm();
  f.step(begin{true});
  const auto resize = [&](const bytes& text) {
    bytes frame{"\x82\xfe", 2};
    frame += static_cast<char>((text.size() + 1) >> 8);
    frame += static_cast<char>(text.size() + 1);
    frame += bytes(4, '\0') + '\4' + text;
    const auto effects = f.step(client_octets{frame});
    const auto* sent = find<send_node>(effects);
    return sent ? sent->message : "";
  };
  CHECK(resize("nonsense") == "");
  CHECK(resize("{" + bytes(1000, ' ')) == "");
  CHECK(resize(R"({"Width":1})") == "\4{\"Width\":1}");
}

TEST_CASE("after the Status only the client's goodbye counts") {
  auto f = websocket_fsm();
  f.step(begin{true});
  const auto said = f.step(node_message{"\3{\"status\":\"Success\"}"});
  CHECK(find<finish_node>(said));
  CHECK(find<expire_client>(said)->time == leaving_timeout);
  CHECK(f.step(out("late")).empty());
  CHECK(f.step(node_full{}).empty());
  CHECK(f.step(node_drained{}).empty());
  CHECK(f.step(node_ended{stream_end::closed, {}}).empty());
  CHECK(find<close_client>(f.step(client_closed{})));
  CHECK(f.step(begin{true}).empty());
}
