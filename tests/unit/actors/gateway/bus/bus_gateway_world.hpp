#pragma once

#include "actors/gateway/bus/bus_gateway.hpp"
#include "messages/codec/json.hpp"
#include "messages/protocol/api/api_call.hpp"
#include "messages/schema/registry.hpp"
#include "tests/support/local_watch.hpp"
#include "tests/unit/actors/gateway/object/object_world.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

namespace troupe::test {

inline const bus_peer n1{"node", "n1"};
inline const bus_peer n2{"node", "n2"};

/// A stream's end that remembers what was sent.
class fake_stream final : public bus_stream {
public:
  bool send(bytes message) override {
    if (!end.empty())
      return false;
    auto batch = api_call::decode_watch_batch(message);
    REQUIRE(batch.has_value());
    REQUIRE(message.size() <= bus_message_max);
    ++messages;
    for (auto& one : *batch)
      events.push_back(std::move(one));
    return true;
  }

  std::size_t queued() const override { return waiting; }

  void consumed(std::size_t octets) override { eaten += octets; }

  void half_close() override {}

  void reset(std::string why) override { end.push_back(std::move(why)); }

  std::vector<api_call::watch_event> events;
  std::vector<std::string> end;
  std::size_t messages = 0;
  std::size_t waiting = 0;
  std::size_t eaten = 0;
};

/// A gateway for nodes over a store in memory: two nodes, a pod on each.
class bus_gateway_world {
public:
  bus_gateway_world() : watch{world.inner} {
    create("namespaces", "", R"({"metadata":{"name":"default"}})");
    create("namespaces", "", R"({"metadata":{"name":"kube-node-lease"}})");
    create("serviceaccounts", "default",
           R"({"metadata":{"name":"default"},)"
           R"("automountServiceAccountToken":false})");
    for (std::string name : {"n1", "n2"}) {
      create("nodes", "", R"({"metadata":{"name":")" + name + R"("}})");
      create_pod("pod-" + name, name);
    }
  }

  void create(const std::string& plural, const std::string& ns,
              const std::string& json) {
    auto answer = world.create(world.call(plural, ns), json);
    INFO(answer.status.message);
    REQUIRE(answer.object != nullptr);
  }

  void create_pod(const std::string& name, const std::string& node,
                  const std::string& volumes = "[]") {
    create("pods", "default",
           R"({"metadata":{"name":")" + name + R"("},"spec":{"nodeName":")"
               + node + R"(","volumes":)" + volumes
               + R"(,"containers":[{"name":"c","image":"nginx"}]}})");
  }

  static std::shared_ptr<const codec::document>
  document(const api::target& target, const std::string& json) {
    const auto* found =
        schema::find_resource(target.group, target.version, target.resource);
    REQUIRE(found != nullptr);
    auto read = codec::decode_json(json, found->type);
    REQUIRE(read.has_value());
    return std::make_shared<const codec::document>(std::move(read->doc));
  }

  api::response ask(const bus_peer& from, const api::request& request) {
    auto heard = ask_raw(from, message_type::api_request,
                         api_call::encode_request(request));
    REQUIRE(heard.type == message_type::api_response);
    auto read = api_call::decode_response(heard.payload);
    REQUIRE(read.has_value());
    return std::move(*read);
  }

  bus_answer ask_raw(const bus_peer& from, message_type type, bytes payload) {
    std::optional<bus_answer> heard;
    {
      reply<bus_answer> answer{[&](bus_answer x) { heard = std::move(x); },
                               bus_answer{}};
      gateway.on_request({from, "/server/s1/gateway", type, std::move(payload),
                          world.store.now + std::chrono::seconds{5}},
                         answer);
    }
    world.drain();
    return std::move(heard).value();
  }

  result<std::shared_ptr<bus_stream_handler>>
  open(const bus_peer& from, const api_call::watch_open& what,
       const std::shared_ptr<fake_stream>& stream) {
    auto out =
        gateway.on_open({from, "/server/s1/gateway", message_type::watch_open,
                         api_call::encode(what), mono_time::max()},
                        stream);
    world.drain();
    return out;
  }

  object_world world;
  local_watch watch;
  std::shared_ptr<gateway::server_standing> standing =
      std::make_shared<gateway::server_standing>(world.store.now);
  gateway::bus_gateway gateway{{world.ports(), &watch, standing}};
};

inline api::request request_for(api::verb verb, api::target target) {
  api::request out;
  out.verb = verb;
  out.target = std::move(target);
  return out;
}

} // namespace troupe::test
