#include "node/agent/api_client.hpp"
#include "runtime/base/clock.hpp"
#include "tests/unit/node/agent/fake_api.hpp"
#include "tests/unit/node/agent/objects.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::agent;
using namespace std::chrono_literals;

namespace {

api::request get_map() {
  api::request out;
  out.verb = api::verb::get;
  out.target = {"", "v1", "configmaps", "", "ns", "a"};
  return out;
}

/// A watch and what it told.
struct watch_world {
  test::fake_api bus;
  api_client client{bus};
  std::vector<api_call::watch_batch> batches;
  std::vector<std::string> ends;
  std::unique_ptr<api_watch> watch;
  api_call::watch_open what{
      {"", "v1", "pods", "", "", ""}, "", "spec.nodeName=n1", 7};

  watch_world() {
    watch = std::make_unique<api_watch>(
        client, what,
        [this](api_call::watch_batch it) { batches.push_back(std::move(it)); },
        [this](std::string why) { ends.push_back(std::move(why)); });
  }

  std::shared_ptr<test::fake_stream> stream() { return bus.streams.stream(); }
};

bytes batch_of(std::uint64_t revision) {
  return api_call::encode(api_call::watch_batch{
      {api_call::event_type::added, revision, false,
       test::shared_object("Pod", R"({"metadata":{"name":"p"}})")},
      {api_call::event_type::bookmark, revision, true, nullptr}});
}

} // namespace

TEST_CASE("a request goes to any server and its answer comes back", "[agent]") {
  test::fake_api bus;
  bus.answer = [](const auto&) {
    return test::succeeded(
        test::shared_object("ConfigMap", R"({"data":{"k":"v"}})"));
  };
  api_client client{bus};
  const auto answer = client.ask(get_map(), mono_time{5s});
  CHECK(bus.address == "/server/any/gateway");
  CHECK(bus.deadline == mono_time{5s});
  REQUIRE(bus.asked.size() == 1);
  CHECK(bus.asked[0].target == get_map().target);
  CHECK(answer.status.success);
  REQUIRE(answer.object);
  CHECK(test::text_of(*answer.object).find(R"({"k":"v"})")
        != std::string::npos);
}

TEST_CASE("a refusal is an answer", "[agent]") {
  test::fake_api bus;
  const auto answer = api_client{bus}.ask(get_map(), {});
  CHECK(answer.status.code == 404);
  CHECK(answer.status.message == "configmaps \"a\" not found");
  CHECK_FALSE(answer.object);
}

TEST_CASE("no answer is 503", "[agent]") {
  struct {
    result<bus_answer> raw;
    std::string message;
  } const rows[] = {
      {error{errc::unavailable, "nobody serves the address"},
       "nobody serves the address"},
      {bus_answer{message_type::no_answer, {}}, "the server gave no answer"},
      {bus_answer{message_type::api_response, "\xff\xff"}, ""},
      {bus_answer{message_type::api_response, {}}, ""},
  };
  for (const auto& row : rows) {
    test::fake_api bus;
    bus.raw = [&] { return row.raw; };
    const auto answer = api_client{bus}.ask(get_map(), {});
    CHECK(answer.status.code == 503);
    CHECK_FALSE(answer.status.success);
    CHECK_FALSE(answer.status.message.empty());
    CHECK(answer.status.message.find(row.message) != std::string::npos);
  }
}

TEST_CASE("who answered is asked again, until it fails", "[agent]") {
  test::fake_api bus;
  api_client client{bus};
  bus.server = {"server", "s2"};
  client.ask(get_map(), {});
  client.ask(get_map(), {});
  CHECK(bus.address == "/server/s2/gateway");
  SECTION("it is not there") {
    bus.raw = [] { return error{errc::unavailable, "nobody"}; };
  }
  SECTION("it is cut off from the others") {
    bus.answer = [](const auto&) {
      return api::response{api::service_unavailable("no leader")};
    };
  }
  SECTION("it does not know what it did") {
    bus.answer = [](const auto&) { return api::response{api::timeout("", 0)}; };
  }
  client.ask(get_map(), {});
  CHECK(bus.address == "/server/s2/gateway");
  client.ask(get_map(), {});
  CHECK(bus.address == "/server/any/gateway");
}

TEST_CASE("a request that fails at one server goes to another", "[agent]") {
  test::fake_api bus;
  api_client client{bus};
  int left = 3;
  bus.raw = [&]() -> result<bus_answer> {
    if (--left > 0)
      return error{errc::unavailable, "nobody"};
    bus.raw = nullptr;
    return error{errc::unavailable, "nobody"};
  };
  CHECK(client.ask(get_map(), mono_now() + 1h).status.code == 404);
  CHECK(bus.addresses == std::vector<std::string>(4, "/server/any/gateway"));
  // An answer, whatever it says, is the end of it.
  CHECK(bus.asked.size() == 1);
  CHECK(bus.deadline < mono_now() + 1min);
}

TEST_CASE("a request is given up at its deadline", "[agent]") {
  test::fake_api bus;
  api_client client{bus};
  bus.raw = [] { return error{errc::unavailable, "nobody"}; };
  const auto deadline = mono_now() + 100ms;
  const auto answer = client.ask(get_map(), deadline);
  CHECK(answer.status.code == 503);
  CHECK(answer.status.message == "nobody");
  CHECK(bus.addresses.size() > 1);
}

TEST_CASE("a client that stops asks nobody again", "[agent]") {
  test::fake_api bus;
  api_client client{bus};
  bus.raw = [] { return error{errc::unavailable, "nobody"}; };
  std::vector<int> codes;
  // The second attempt follows too late: it is the stop that ends the wait.
  client.call(get_map(), mono_now() + 1h,
              [&](const auto& answer) { codes.push_back(answer.status.code); });
  client.stop();
  const auto asked = bus.addresses.size();
  CHECK(codes == std::vector<int>{503});
  client.call(get_map(), mono_now() + 1h,
              [&](const auto& answer) { codes.push_back(answer.status.code); });
  CHECK(codes == std::vector<int>{503, 503});
  CHECK(bus.addresses.size() == asked + 1);
}

TEST_CASE("watches and requests share the server", "[agent]") {
  watch_world at;
  at.bus.server = {"server", "s3"};
  at.client.ask(get_map(), {});
  const auto open = [&] {
    at.watch = std::make_unique<api_watch>(
        at.client, at.what, [](auto) {}, [](auto) {});
    return at.stream()->address;
  };
  CHECK(open() == "/server/s3/gateway");
  SECTION("history that is gone is gone everywhere") {
    at.stream()->end(stream_end::reset, api_call::expired);
    CHECK(open() == "/server/s3/gateway");
  }
  SECTION("a server that is lost is left") {
    at.stream()->end(stream_end::lost, "silence");
    CHECK(open() == "/server/any/gateway");
    at.client.ask(get_map(), {});
    CHECK(at.bus.address == "/server/any/gateway");
  }
  SECTION("the end of an earlier server's watch does not matter") {
    const auto old = at.stream();
    const auto kept = std::move(at.watch);
    at.bus.raw = [] { return error{errc::unavailable, "nobody"}; };
    at.client.ask(get_map(), {});
    at.bus.raw = nullptr;
    at.bus.server = {"server", "s1"};
    at.client.ask(get_map(), {});
    old->end(stream_end::lost, "silence");
    CHECK(open() == "/server/s1/gateway");
  }
}

TEST_CASE("a watch opens a stream and hears batches", "[agent]") {
  watch_world at;
  REQUIRE(at.stream());
  CHECK(at.stream()->address == "/server/any/gateway");
  CHECK((at.stream()->type == message_type::watch_open));
  CHECK(*api_call::decode_watch_open(at.stream()->payload) == at.what);
  const auto message = batch_of(9);
  test::deliver(*at.stream(), message);
  REQUIRE(at.batches.size() == 1);
  REQUIRE(at.batches[0].size() == 2);
  CHECK(at.batches[0][0].object);
  CHECK(at.batches[0][0].revision == 9);
  CHECK(at.batches[0][1].initial_end);
  CHECK(at.stream()->consumed_octets() == message.size());
}

TEST_CASE("a watch hears its end once", "[agent]") {
  watch_world at;
  at.stream()->end(stream_end::reset, api_call::expired);
  CHECK(at.ends == std::vector<std::string>{api_call::expired});
  at.watch.reset();
  CHECK(at.ends.size() == 1);
}

TEST_CASE("a message that is no batch ends the watch", "[agent]") {
  watch_world at;
  test::deliver(*at.stream(), "\xc1rubbish");
  CHECK(at.batches.empty());
  CHECK_FALSE(at.stream()->reset_text().empty());
  REQUIRE(at.ends.size() == 1);
}

TEST_CASE("a dropped watch is silent", "[agent]") {
  watch_world at;
  const auto stream = at.stream();
  at.watch.reset();
  CHECK(stream->reset_text() == "the watcher left");
  test::deliver(*stream, batch_of(9));
  CHECK(at.batches.empty());
  CHECK(at.ends.empty());
}
