#include "actors/gateway/gateway_slot.hpp"

#include "messages/api/status.hpp"

#include <utility>

namespace troupe::gateway {

void gateway_slot::put(pipeline_ptr pipeline) {
  pipeline_.store(pipeline);
  auto held =
      waiting_.with([](waiting& now) { return std::exchange(now, {}); });
  for (auto& one : held.requests)
    pipeline->handle(std::move(one.request), std::move(one.responder));
}

void gateway_slot::take_out(const pipeline_ptr& pipeline) {
  auto expected = pipeline;
  pipeline_.compare_exchange_strong(expected, nullptr);
}

void gateway_slot::handle(http_request request,
                          std::shared_ptr<http_responder> responder) {
  held_request one{std::move(request), std::move(responder)};
  auto pipeline = pipeline_.load();
  if (!pipeline && hold(one))
    return;
  // One may have come meanwhile.
  if (!pipeline)
    pipeline = pipeline_.load();
  if (pipeline)
    return pipeline->handle(std::move(one.request), std::move(one.responder));
  const auto status = api::service_unavailable(
      "the server is currently unable to handle the request");
  // kubectl's cache keeps what does not say otherwise, a 503 too.
  one.responder->respond(status.code,
                         {{"Content-Type", "application/json"},
                          {"Cache-Control", "no-cache, private"},
                          {"Retry-After", "1"}},
                         make_shared_bytes(api::to_json(status) + '\n'));
}

/// False when there is no room, or a pipeline after all: `put` stores first
/// and looks then at who waits, so whoever is let in here is served by it.
bool gateway_slot::hold(held_request& one) {
  return waiting_.with([&](waiting& now) {
    const auto octets = now.octets + one.request.body.size();
    if (pipeline_.load() || now.requests.size() >= held_requests_max
        || octets > held_octets_max)
      return false;
    now.octets = octets;
    now.requests.push_back(std::move(one));
    return true;
  });
}

} // namespace troupe::gateway
