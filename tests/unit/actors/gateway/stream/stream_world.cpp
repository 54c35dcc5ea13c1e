#include "tests/unit/actors/gateway/stream/stream_world.hpp"

#include "messages/codec/json.hpp"
#include "messages/schema/registry.hpp"

#include <sstream>

namespace troupe::test {

std::shared_ptr<const codec::document> make_pod(const std::string& spec) {
  const auto* pods = schema::find_resource("", "v1", "pods");
  auto read = codec::decode_json(
      R"({"metadata":{"name":"web","namespace":"shop","uid":"u1"},"spec":)"
          + spec + "}",
      pods->type);
  return std::make_shared<const codec::document>(std::move(read.value().doc));
}

std::shared_ptr<const codec::document> simple_pod() {
  return make_pod(R"({"nodeName":"n1","containers":[{"name":"app"}]})");
}

stream_world::~stream_world() {
  if (const auto tunnel = client->tunnel())
    tunnel->peer_leaves();
  client->close();
  bus.lose_all();
}

gateway::stream_call stream_world::call(const std::string& query,
                                        http_headers headers,
                                        std::string method) {
  auto request = std::make_shared<http_request>();
  request->method = std::move(method);
  request->headers = std::move(headers);
  std::istringstream pairs{query};
  for (std::string pair; std::getline(pairs, pair, '&');) {
    const auto equals = pair.find('=');
    request->query.emplace_back(pair.substr(0, equals),
                                equals == pair.npos ? ""
                                                    : pair.substr(equals + 1));
  }
  gateway::stream_call out;
  out.request = std::move(request);
  out.responder = client;
  out.bus = &bus;
  out.pod = pod;
  out.now = now;
  out.fail = [to = client, held = place](const api::status& status) {
    to->respond(status.code, {}, make_shared_bytes(status.message));
  };
  out.begun = [this](int code) { begun.push_back(code); };
  return out;
}

http_headers spdy_headers() {
  return {{"Connection", "Upgrade"},
          {"Upgrade", "SPDY/3.1"},
          {"X-Stream-Protocol-Version", "v4.channel.k8s.io"},
          {"X-Stream-Protocol-Version", "v3.channel.k8s.io"}};
}

http_headers websocket_headers(const std::string& protocols) {
  return {{"Connection", "keep-alive, Upgrade"},
          {"Upgrade", "WebSocket"},
          {"Sec-WebSocket-Version", "13"},
          {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
          {"Sec-WebSocket-Protocol", protocols}};
}

} // namespace troupe::test
