#pragma once

#include "actors/gateway/http/request_pipeline.hpp"
#include "runtime/base/guarded.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

namespace troupe::gateway {

/// Requests that may wait for a pipeline, and octets of their bodies; further
/// ones get 503 and are told to come back.
inline constexpr std::size_t held_requests_max = 1024;
inline constexpr std::size_t held_octets_max = 16 * 1024 * 1024;

/// Where the sockets find the pipeline of the day. It outlives pipelines and
/// the actor that puts them in; without one, requests wait for the next. That
/// is not long: the actor's supervisor starts it again within seconds, or gives
/// up and ends the process. Safe from any thread.
class gateway_slot {
public:
  using pipeline_ptr = std::shared_ptr<const request_pipeline>;

  /// From now on `pipeline` serves what comes, and here what has waited.
  void put(pipeline_ptr pipeline);

  /// Empties the slot unless another pipeline is in it by now.
  void take_out(const pipeline_ptr& pipeline);

  /// An `http_handler`, as long as the slot lives.
  void handle(http_request request, std::shared_ptr<http_responder> responder);

private:
  struct held_request {
    http_request request;
    std::shared_ptr<http_responder> responder;
  };

  struct waiting {
    std::vector<held_request> requests;
    std::size_t octets = 0;
  };

  bool hold(held_request& one);

  std::atomic<pipeline_ptr> pipeline_;
  guarded<waiting> waiting_;
};

} // namespace troupe::gateway
