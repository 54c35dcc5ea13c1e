#pragma once

#include "messages/api/status.hpp"
#include "messages/codec/document.hpp"
#include "runtime/port/http_port.hpp"
#include "runtime/port/messenger.hpp"

#include <functional>
#include <memory>

/// The subresources of a pod that are streams: its containers' logs, commands
/// in them and their main processes' input and output.
namespace troupe::gateway {

/// One request for a stream, past authorization, with its pod.
struct stream_call {
  std::shared_ptr<const http_request> request;
  std::shared_ptr<http_responder> responder;
  /// Outlives every stream.
  messenger* bus = nullptr;
  std::shared_ptr<const codec::document> pod;
  wall_time now;
  /// Of a 200.
  http_headers headers;
  /// Answers with an error instead.
  std::function<void(const api::status&)> fail;
  /// Called when the answer has begun, with its HTTP status.
  std::function<void(int)> begun;
};

/// GET pods/log. An unscheduled pod has no logs yet: 204, as upstream.
void serve_log(stream_call call);

/// GET or POST pods/exec and pods/attach: an upgrade to SPDY or WebSocket.
void serve_exec(stream_call call);
void serve_attach(stream_call call);

} // namespace troupe::gateway
