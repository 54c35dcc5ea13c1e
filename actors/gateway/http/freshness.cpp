#include "actors/gateway/http/freshness.hpp"

#include <algorithm>

namespace troupe::gateway {

namespace {

constexpr int retry_after_seconds = 1;

api::status not_fresh(store::barrier_outcome outcome) {
  if (outcome == store::barrier_outcome::timed_out)
    return api::timeout("request did not complete within requested timeout - "
                        "context deadline exceeded",
                        0);
  return api::service_unavailable(
      "the server is currently unable to handle the request",
      retry_after_seconds);
}

void wait_newest(const exchange_ptr& call,
                 std::function<void(snapshot_ptr)> then) {
  auto& store = *call->shared->ports.store;
  store.read_index(call->store_deadline(), [call, then = std::move(then)](
                                               store::barrier_outcome outcome) {
    if (outcome != store::barrier_outcome::reached)
      return call->fail(not_fresh(outcome));
    call->run([call, then] { then(call->shared->ports.store->current()); });
  });
}

void wait_revision(const exchange_ptr& call, store::revision at,
                   std::function<void(snapshot_ptr)> then) {
  auto& store = *call->shared->ports.store;
  const auto deadline =
      std::min(call->deadline, call->shared->ports.mono_now()
                                   + call->shared->config.catch_up_timeout);
  store.wait_applied(
      at, deadline,
      [call, at, then = std::move(then)](store::barrier_outcome outcome) {
        auto view = call->shared->ports.store->current();
        if (outcome != store::barrier_outcome::reached)
          return call->fail(api::too_large_resource_version(
              at.value(), view->applied().value(), retry_after_seconds));
        call->run([then, view = std::move(view)] { then(view); });
      });
}

} // namespace

void with_fresh(const exchange_ptr& call,
                std::optional<std::uint64_t> resource_version,
                std::function<void(snapshot_ptr)> then) {
  if (!resource_version)
    return wait_newest(call, std::move(then));
  auto view = call->shared->ports.store->current();
  const store::revision at{*resource_version};
  if (view->applied() >= at)
    return then(std::move(view));
  wait_revision(call, at, std::move(then));
}

} // namespace troupe::gateway
