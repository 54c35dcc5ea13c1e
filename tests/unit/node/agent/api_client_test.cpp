#include "node/agent/api_client.hpp"
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
  std::vector<api_call::watch_batch> batches;
  std::vector<std::string> ends;
  std::unique_ptr<api_watch> watch;
  api_call::watch_open what{
      {"", "v1", "pods", "", "", ""}, "", "spec.nodeName=n1", 7};

  watch_world() {
    watch = std::make_unique<api_watch>(
        bus, what,
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
