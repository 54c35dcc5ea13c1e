#include "actors/gateway/bus/watch_stream.hpp"
#include "tests/unit/actors/gateway/bus/bus_gateway_world.hpp"

using namespace troupe;
using namespace troupe::test;
using api::verb;
using api_call::event_type;

namespace {

api::target pod_target(const std::string& name,
                       const std::string& subresource = {}) {
  return {"", "v1", "pods", subresource, "default", name};
}

api_call::watch_open own_pods() {
  api_call::watch_open out;
  out.target = {"", "v1", "pods", "", "", ""};
  out.field_selector = "spec.nodeName=n1";
  return out;
}

std::string text_at(const codec::document& object, const char* path) {
  const auto* found = codec::find_path(object.root(), object.type(), path);
  return found == nullptr ? "" : std::string{found->string()};
}

} // namespace

TEST_CASE("a node reads its pod", "[gateway]") {
  bus_gateway_world all;
  const auto got = all.ask(n1, request_for(verb::get, pod_target("pod-n1")));
  REQUIRE(got.object != nullptr);
  CHECK(text_at(*got.object, "metadata.name") == "pod-n1");
  CHECK(got.revision > 0);
}

TEST_CASE("who asks is the peer, whatever else", "[gateway]") {
  bus_gateway_world all;
  auto request = request_for(verb::get, pod_target("pod-n1"));
  request.user.name = "system:admin";
  request.user.groups = {"system:masters"};
  const auto got = all.ask(n2, request);
  CHECK(got.status.code == 403);
  CHECK(got.status.message
        == "pods \"pod-n1\" is forbidden: User \"system:node:n2\" cannot get "
           "resource \"pods\" in API group \"\" in the namespace \"default\": "
           "no relationship found between node 'n2' and this object");
  CHECK(all.ask({"server", "s2"}, request).status.code == 403);
}

TEST_CASE("a node reports the status of its pod", "[gateway]") {
  bus_gateway_world all;
  auto request = request_for(verb::update, pod_target("pod-n1", "status"));
  request.body = bus_gateway_world::document(
      request.target,
      R"({"metadata":{"name":"pod-n1","namespace":"default"},
          "status":{"phase":"Running"}})");
  const auto done = all.ask(n1, request);
  CAPTURE(done.status.message);
  REQUIRE(done.object != nullptr);
  CHECK(text_at(*done.object, "status.phase") == "Running");
  // What is not status stays.
  CHECK(text_at(*done.object, "spec.nodeName") == "n1");

  const auto refused = all.ask(n2, request);
  CHECK(refused.status.message
        == "pods \"pod-n1\" is forbidden: node \"n2\" can only update pod "
           "status for pods with spec.nodeName set to itself");
}

TEST_CASE("a report about a pod that is gone misses its successor",
          "[gateway]") {
  bus_gateway_world all;
  auto request = request_for(verb::update, pod_target("pod-n1", "status"));
  request.body = bus_gateway_world::document(
      request.target,
      R"({"metadata":{"name":"pod-n1","namespace":"default","uid":"older"},
          "status":{"phase":"Failed"}})");
  CHECK(all.ask(n1, request).status.code == 409);
}

TEST_CASE("a node registers, reports and renews its lease", "[gateway]") {
  bus_gateway_world all;
  const bus_peer n3{"node", "n3"};
  auto request = request_for(verb::create, {"", "v1", "nodes", "", "", ""});
  request.body = bus_gateway_world::document(
      request.target,
      R"({"metadata":{"name":"n3","labels":{"kubernetes.io/os":"linux"}}})");
  CHECK(all.ask(n3, request).status.success);

  request = request_for(verb::update, {"", "v1", "nodes", "status", "", "n3"});
  request.body =
      bus_gateway_world::document(request.target, R"({"metadata":{"name":"n3",
        "labels":{"kubernetes.io/os":"linux"}},
        "spec":{"taints":[{"key":"node.kubernetes.io/not-ready",
                           "effect":"NoSchedule"}]},
        "status":{"capacity":{"pods":"110"}}})");
  const auto reported = all.ask(n3, request);
  CAPTURE(reported.status.message);
  REQUIRE(reported.object != nullptr);
  CHECK(codec::find_path(reported.object->root(), reported.object->type(),
                         "status.capacity")
        != nullptr);

  request = request_for(verb::create, {"coordination.k8s.io", "v1", "leases",
                                       "", "kube-node-lease", ""});
  request.body =
      bus_gateway_world::document(request.target, R"({"metadata":{"name":"n3"},
        "spec":{"holderIdentity":"n3"}})");
  CHECK(all.ask(n3, request).status.success);
  request.verb = verb::get;
  request.target.name = "n3";
  request.body = nullptr;
  CHECK(all.ask(n3, request).object != nullptr);
}

TEST_CASE("a server that is behind denies no pod", "[gateway]") {
  bus_gateway_world all;
  const auto before = all.world.store.current();
  all.create_pod("late", "n1");
  all.world.store.stale = before;
  auto get = request_for(verb::get, pod_target("late"));
  CHECK(all.ask(n1, get).status.success);

  all.world.store.stale = before;
  auto report = request_for(verb::update, pod_target("late", "status"));
  report.body = bus_gateway_world::document(
      report.target, R"({"metadata":{"name":"late","namespace":"default"},)"
                     R"("status":{"phase":"Running"}})");
  const auto answer = all.ask(n1, report);
  INFO(answer.status.message);
  CHECK(answer.status.success);

  // Who cannot find out says so, and no more.
  all.world.store.stale = before;
  all.world.store.barriers = {store::barrier_outcome::timed_out};
  CHECK(all.ask(n1, report).status.code == 503);
}

TEST_CASE("a beginning is as new as the call for it", "[gateway]") {
  bus_gateway_world all;
  const auto asked = all.world.store.barriers_asked;
  auto stream = std::make_shared<fake_stream>();
  auto handler = all.open(n1, own_pods(), stream);
  REQUIRE(handler.has_value());
  CHECK(all.world.store.barriers_asked == asked + 1);
  CHECK(stream->events.size() == 2);

  all.world.store.barriers = {store::barrier_outcome::unavailable};
  auto refused = std::make_shared<fake_stream>();
  auto second = all.open(n1, own_pods(), refused);
  REQUIRE(second.has_value());
  CHECK(refused->events.empty());
  CHECK(refused->end == std::vector<std::string>{"no watch can be served now"});
  (*handler)->on_end(stream_end::reset, "");
  (*second)->on_end(stream_end::reset, "");
  CHECK(all.watch.size() == 0);
}

TEST_CASE("a node removes its pod", "[gateway]") {
  bus_gateway_world all;
  auto request = request_for(verb::remove, pod_target("pod-n1"));
  request.grace_period_seconds = 0;
  const auto refused = all.ask(n2, request);
  CHECK(refused.status.message
        == "pods \"pod-n1\" is forbidden: node \"n2\" can only delete pods "
           "with spec.nodeName set to itself");
  CHECK(all.ask(n1, request).status.success);
  CHECK(all.ask(n1, request).status.code == 404);
}

TEST_CASE("what is no request", "[gateway]") {
  bus_gateway_world all;
  const auto wrong = all.ask_raw(n1, message_type::api_request, "nonsense");
  CHECK(api_call::decode_response(wrong.payload)->status.code == 400);
  const auto other = all.ask_raw(n1, message_type::propose, "");
  CHECK(other.type == message_type{});
}

TEST_CASE("a node watches its pods", "[gateway]") {
  bus_gateway_world all;
  auto stream = std::make_shared<fake_stream>();
  auto handler = all.open(n1, own_pods(), stream);
  REQUIRE(handler.has_value());
  REQUIRE(stream->events.size() == 2);
  CHECK(stream->events[0].type == event_type::added);
  CHECK(text_at(*stream->events[0].object, "metadata.name") == "pod-n1");
  CHECK(text_at(*stream->events[0].object, "metadata.resourceVersion")
        == std::to_string(stream->events[0].revision));
  CHECK(stream->events[1].type == event_type::bookmark);
  CHECK(stream->events[1].initial_end);

  all.create_pod("another", "n1");
  all.create_pod("elsewhere", "n2");
  REQUIRE(stream->events.size() == 3);
  CHECK(text_at(*stream->events[2].object, "metadata.name") == "another");

  const auto after = stream->events[2].revision;
  auto later = std::make_shared<fake_stream>();
  auto open = own_pods();
  open.after = after;
  auto second = all.open(n1, open, later);
  REQUIRE(second.has_value());
  CHECK(later->events.empty());
  all.create_pod("third", "n1");
  REQUIRE(later->events.size() == 1);
  CHECK(later->events[0].revision > after);

  (*handler)->on_message("a word");
  CHECK(stream->eaten == 6);
  (*handler)->on_end(stream_end::reset, "");
  (*second)->on_end(stream_end::reset, "");
  CHECK(all.watch.size() == 0);
}

TEST_CASE("watches that a node may not open", "[gateway]") {
  bus_gateway_world all;
  struct row {
    const char* name;
    api::target target;
    const char* fields;
    const char* want;
  };
  const row rows[] = {
      {"all pods",
       {"", "v1", "pods", "", "", ""},
       "",
       "can only list/watch pods with spec.nodeName field selector"},
      {"another's pods",
       {"", "v1", "pods", "", "", ""},
       "spec.nodeName=n2",
       "can only list/watch pods with spec.nodeName field selector"},
      {"another's pod by name",
       {"", "v1", "pods", "", "default", "pod-n2"},
       "",
       "no relationship found between node 'n1' and this object"},
      {"nothing that exists",
       {"", "v1", "nothings", "", "", ""},
       "",
       "the server could not find the requested resource"},
      {"a field that is none",
       {"", "v1", "pods", "", "", ""},
       "spec.nodeName=n1,spec.nonsense=x",
       "field label not supported"},
  };
  for (auto& one : rows) {
    CAPTURE(one.name);
    api_call::watch_open open;
    open.target = one.target;
    open.field_selector = one.fields;
    auto stream = std::make_shared<fake_stream>();
    auto refused = all.open(n1, open, stream);
    REQUIRE_FALSE(refused.has_value());
    CHECK_THAT(refused.error().message, Catch::Contains(one.want));
  }
  CHECK(all.watch.size() == 0);
}

TEST_CASE("a node watches itself", "[gateway]") {
  bus_gateway_world all;
  api_call::watch_open open;
  open.target = {"", "v1", "nodes", "", "", "n1"};
  auto stream = std::make_shared<fake_stream>();
  auto handler = all.open(n1, open, stream);
  REQUIRE(handler.has_value());
  REQUIRE(stream->events.size() == 2);
  CHECK(text_at(*stream->events[0].object, "metadata.name") == "n1");
  (*handler)->on_end(stream_end::reset, "");
}

TEST_CASE("a watcher that does not keep up is reset", "[gateway]") {
  bus_gateway_world all;
  auto stream = std::make_shared<fake_stream>();
  auto handler = all.open(n1, own_pods(), stream);
  REQUIRE(handler.has_value());
  stream->waiting = gateway::watch_queue_max;
  all.create_pod("fits", "n1");
  CHECK(stream->end.empty());
  stream->waiting = gateway::watch_queue_max + 1;
  all.create_pod("does-not", "n1");
  REQUIRE(stream->end.size() == 1);
  CHECK(stream->end[0] == "the watcher does not keep up");
  CHECK(all.watch.size() == 0);
  (*handler)->on_end(stream_end::reset, "");
}

TEST_CASE("many objects come in several messages", "[gateway]") {
  bus_gateway_world all;
  const std::string pad(20'000, 'x');
  for (int i = 0; i < 20; ++i)
    all.create("pods", "default",
               R"({"metadata":{"name":"p)" + std::to_string(i)
                   + R"(","annotations":{"a":")" + pad
                   + R"("}},"spec":{"nodeName":"n1",
                     "containers":[{"name":"c","image":"nginx"}]}})");
  auto stream = std::make_shared<fake_stream>();
  auto handler = all.open(n1, own_pods(), stream);
  REQUIRE(handler.has_value());
  CHECK(stream->events.size() == 22);
  CHECK(stream->messages > 4);
  (*handler)->on_end(stream_end::reset, "");
}

TEST_CASE("a node has so many watches and no more", "[gateway]") {
  bus_gateway_world all;
  std::vector<std::shared_ptr<bus_stream_handler>> handlers;
  for (std::size_t i = 0; i < gateway::watches_per_node_max; ++i) {
    auto one = all.open(n1, own_pods(), std::make_shared<fake_stream>());
    REQUIRE(one.has_value());
    handlers.push_back(*one);
  }
  auto more = [&] {
    return all.open(n1, own_pods(), std::make_shared<fake_stream>());
  };
  CHECK_FALSE(more().has_value());
  handlers.back()->on_end(stream_end::reset, "");
  auto again = more();
  REQUIRE(again.has_value());
  handlers.back() = *again;
  for (auto& one : handlers)
    one->on_end(stream_end::reset, "");
  CHECK(all.watch.size() == 0);
}

TEST_CASE("a server that is cut off serves no node", "[gateway]") {
  bus_gateway_world all;
  auto stream = std::make_shared<fake_stream>();
  auto handler = all.open(n1, own_pods(), stream);
  REQUIRE(handler.has_value());
  const auto get = request_for(verb::get, pod_target("pod-n1"));
  CHECK(all.ask(n1, get).status.success);

  all.world.store.now += gateway::standing_lost_after + std::chrono::seconds{1};
  const auto asked = all.world.store.barriers_asked;
  CHECK(all.ask(n1, get).status.code == 503);
  CHECK(all.world.store.barriers_asked == asked);
  auto late = all.open(n1, own_pods(), std::make_shared<fake_stream>());
  REQUIRE_FALSE(late.has_value());
  CHECK(late.error().code == errc::unavailable);
  CHECK(stream->end.empty());
  all.gateway.end_watches();
  CHECK(stream->end == std::vector<std::string>{"no watch can be served now"});
  (*handler)->on_end(stream_end::reset, "");
  CHECK(all.watch.size() == 0);
  // What has ended is known no more.
  const auto ends = stream->end.size();
  all.gateway.end_watches();
  CHECK(stream->end.size() == ends);

  all.standing->confirm(all.world.store.now);
  CHECK(all.ask(n1, get).status.success);
  CHECK(all.open(n1, own_pods(), std::make_shared<fake_stream>()).has_value());
}
