#include "actors/gateway/gateway_slot.hpp"

#include "messages/api/status.hpp"

namespace troupe::gateway {

void gateway_slot::take_out(const pipeline_ptr& pipeline) {
  auto expected = pipeline;
  pipeline_.compare_exchange_strong(expected, nullptr);
}

void gateway_slot::handle(http_request request,
                          std::shared_ptr<http_responder> responder) const {
  if (const auto pipeline = pipeline_.load())
    return pipeline->handle(std::move(request), std::move(responder));
  const auto status = api::service_unavailable(
      "the server is currently unable to handle the request");
  // kubectl's cache keeps what does not say otherwise, a 503 too.
  responder->respond(status.code,
                     {{"Content-Type", "application/json"},
                      {"Cache-Control", "no-cache, private"},
                      {"Retry-After", "1"}},
                     make_shared_bytes(api::to_json(status) + '\n'));
}

} // namespace troupe::gateway
