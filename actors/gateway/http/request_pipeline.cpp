#include "actors/gateway/http/request_pipeline.hpp"

#include "actors/gateway/http/authenticate.hpp"
#include "actors/gateway/http/authorize.hpp"
#include "actors/gateway/http/exchange.hpp"
#include "actors/gateway/http/freshness.hpp"
#include "actors/gateway/http/pod_stream.hpp"
#include "actors/gateway/http/route.hpp"
#include "messages/codec/scalars.hpp"

namespace troupe::gateway {

namespace {

/// Each step says why the request goes no further, if so.
using refusal = std::optional<api::status>;

refusal accept(exchange& call) {
  auto info = api::parse_request_info(call.request.method, call.request.path,
                                      call.request.query);
  if (!info)
    return api::bad_request(info.error().message);
  call.info = std::move(*info);
  return std::nullopt;
}

refusal act_as(exchange& call, api::parsed<api::identity> user) {
  if (!user)
    return user.error();
  auto effective = impersonate(call.request, std::move(*user));
  if (!effective)
    return effective.error();
  call.user = std::move(*effective);
  return std::nullopt;
}

/// `timeout` may shorten what the server allows, never lengthen it.
refusal set_deadline(exchange& call) {
  const auto text = call.query("timeout");
  if (text.empty())
    return std::nullopt;
  const auto asked = codec::parse_duration(text);
  if (!asked)
    return api::bad_request("invalid timeout specified in the request URL - "
                            + asked.error().message);
  const auto allowed = call.shared->config.request_timeout;
  if (*asked > duration{0} && *asked < allowed)
    call.deadline = call.started + *asked;
  return std::nullopt;
}

in_flight_limit& places_for(exchange& call) {
  if (is_pod_stream(call.info))
    return call.shared->pod_streams;
  const auto& verb = call.info.verb;
  const bool reads = verb == "get" || verb == "head" || verb == "list";
  return reads ? call.shared->read_only : call.shared->mutating;
}

refusal limit(exchange& call) {
  if (call.info.verb == "watch")
    return std::nullopt;
  auto& places = places_for(call);
  if (!places.enter())
    return api::too_many_requests("Too many requests, please try again later.",
                                  1);
  call.ticket = in_flight_ticket{places};
  return set_deadline(call);
}

refusal authorize(exchange& call) {
  return gateway::authorize(call.user, call.info);
}

/// Goes on once it is known who asks.
void admit(const exchange_ptr& call, authentication who) {
  auto refused = act_as(*call, std::move(who.user));
  for (auto* step : {limit, authorize})
    if (!refused)
      refused = step(*call);
  if (refused)
    return call->fail(*refused);
  route(call);
}

} // namespace

request_pipeline::request_pipeline(gateway_config config, gateway_ports ports)
    : service_(std::make_shared<service>(std::move(config), std::move(ports))) {
  // nop
}

void request_pipeline::handle(http_request request,
                              std::shared_ptr<http_responder> responder) const {
  const auto call = std::make_shared<exchange>(service_, std::move(request),
                                               std::move(responder));
  if (const auto refused = accept(*call))
    return call->fail(*refused);
  auto who = authenticate(call->request, service_->ports.tokens);
  if (!who.may_be_behind)
    return admit(call, std::move(who));
  // A pod may show its token to a server that has not heard of the pod yet.
  with_fresh(call, std::nullopt, [call](const snapshot_ptr&) {
    admit(call, authenticate(call->request, call->shared->ports.tokens));
  });
}

} // namespace troupe::gateway
