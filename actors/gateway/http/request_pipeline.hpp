#pragma once

#include "actors/gateway/http/gateway_config.hpp"
#include "runtime/port/http_port.hpp"

#include <memory>

namespace troupe::gateway {

struct service;

/// What stands between a socket and the store: Kubernetes' API on HTTP/1.1.
/// Keeps nothing that cannot be rebuilt from the schema and the store; calls
/// in flight keep alive what they need, so the pipeline may be replaced at any
/// time. Every error is a Status.
class request_pipeline {
public:
  /// Builds discovery, OpenAPI and table columns: some tens of milliseconds.
  request_pipeline(gateway_config config, gateway_ports ports);

  /// Answers `request` through `responder`, now or later. Safe from any
  /// thread; returns without waiting for the store.
  void handle(http_request request,
              std::shared_ptr<http_responder> responder) const;

private:
  std::shared_ptr<service> service_;
};

} // namespace troupe::gateway
