#pragma once

#include "actors/gateway/stream/stream_call.hpp"
#include "tests/support/fake_messenger.hpp"
#include "tests/support/fake_responder.hpp"

namespace troupe::test {

/// The pod "web" on the node "n1" with the containers "app" and "side" and the
/// init container "first"; `json` is more of its spec.
std::shared_ptr<const codec::document> make_pod(const std::string& spec);

/// A pod with one container, "app", on the node "n1".
std::shared_ptr<const codec::document> simple_pod();

/// One call and everything it may touch.
struct stream_world {
  fake_messenger bus;
  std::shared_ptr<fake_responder> client = std::make_shared<fake_responder>();
  std::shared_ptr<const codec::document> pod = simple_pod();
  wall_time now{std::chrono::seconds{1'000'000'000}};
  std::vector<int> begun;
  /// Held by every call, as a place among those in flight is.
  std::shared_ptr<int> place = std::make_shared<int>();

  /// Whoever is left leaves: what both sides hold of each other goes.
  ~stream_world();

  /// A call with this query, "a=b&c=d", and headers.
  gateway::stream_call call(const std::string& query, http_headers headers = {},
                            std::string method = "GET");
};

/// Headers of kubectl's upgrades.
http_headers spdy_headers();
http_headers websocket_headers(const std::string& protocols);

} // namespace troupe::test
