#pragma once

#include "actors/gateway/http/request_pipeline.hpp"

#include <atomic>
#include <memory>

namespace troupe::gateway {

/// Where the sockets find the pipeline of the day. It outlives pipelines and
/// the actor that puts them in; without one, requests get 503 and are told to
/// come back. Safe from any thread.
class gateway_slot {
public:
  using pipeline_ptr = std::shared_ptr<const request_pipeline>;

  void put(pipeline_ptr pipeline) { pipeline_.store(std::move(pipeline)); }

  /// Empties the slot unless another pipeline is in it by now.
  void take_out(const pipeline_ptr& pipeline);

  /// An `http_handler`, as long as the slot lives.
  void handle(http_request request,
              std::shared_ptr<http_responder> responder) const;

private:
  std::atomic<pipeline_ptr> pipeline_;
};

} // namespace troupe::gateway
