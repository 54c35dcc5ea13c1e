#pragma once

#include "actors/gateway/http/request_pipeline.hpp"
#include "tests/support/fake_responder.hpp"
#include "tests/support/local_store.hpp"
#include "tests/support/local_watch.hpp"

#include <memory>
#include <string>

namespace troupe::test {

/// A pipeline over a store in memory. Time stands still, ids count up.
class gateway_world {
public:
  explicit gateway_world(
      gateway::gateway_config config = {},
      std::shared_ptr<const gateway::server_standing> standing = nullptr,
      std::vector<std::shared_ptr<const gateway::token_authenticator>> tokens =
          {});

  /// The answer so far; `user` is "admin" (system:masters), "anonymous", or
  /// any other name, which is authenticated and nothing more.
  std::shared_ptr<fake_responder> send(http_request request,
                                       const std::string& user = "admin");

  /// Moves both clocks.
  void pass(duration time);

  mono_time now() const { return mono_now_; }

  local_store store;
  local_watch watch{store};

private:
  wall_time wall_now_{std::chrono::seconds{1767323045}};
  mono_time mono_now_{};
  std::uint8_t last_id_ = 0;
  gateway::object_writer writer_;
  gateway::request_pipeline pipeline_;
};

/// A request as HTTP writes it: request line, headers, an empty line, a body.
http_request parse_request(const std::string& text);

} // namespace troupe::test
