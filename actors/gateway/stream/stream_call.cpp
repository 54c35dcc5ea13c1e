#include "actors/gateway/stream/stream_call.hpp"

#include "actors/gateway/stream/command_bridge.hpp"
#include "actors/gateway/stream/command_options.hpp"
#include "actors/gateway/stream/log_bridge.hpp"
#include "actors/gateway/stream/log_options.hpp"
#include "actors/gateway/stream/pod_container.hpp"
#include "actors/gateway/stream/upgrade.hpp"

namespace troupe::gateway {

namespace {

view::core_v1::pod pod_of(const stream_call& call) {
  return view::core_v1::pod{&call.pod->root()};
}

/// Names the pod and the container chosen for it.
std::optional<api::status> aim(const stream_call& call,
                               node_io::container_ref& at) {
  const auto pod = pod_of(call);
  auto container = choose_container(pod, at.container);
  if (!container)
    return container.error();
  at = {std::string{pod.metadata().namespace_()},
        std::string{pod.metadata().name()}, std::string{pod.metadata().uid()},
        std::move(*container)};
  return std::nullopt;
}

std::string address_of(const stream_call& call) {
  return "/node/" + std::string{pod_of(call).spec().node_name()} + "/io";
}

bool is_scheduled(const stream_call& call) {
  return !pod_of(call).spec().node_name().empty();
}

/// What ends a call before the node is asked.
std::optional<api::status> check_bus(const stream_call& call) {
  if (call.bus != nullptr && call.bus->connected())
    return std::nullopt;
  return api::service_unavailable("the message bus is away: the node "
                                  + std::string{pod_of(call).spec().node_name()}
                                  + " cannot be asked");
}

void serve_command(stream_call call, command_kind kind) {
  auto request = parse_command_options(call.request->query, kind);
  if (!request)
    return call.fail(request.error());
  if (const auto refused = aim(call, request->in))
    return call.fail(*refused);
  if (!is_scheduled(call))
    return call.fail(api::bad_request("pod " + request->in.pod
                                      + " does not have a host assigned"));
  auto upgrade = choose_upgrade(*call.request, *request);
  if (!upgrade)
    return call.fail(upgrade.error());
  if (const auto refused = check_bus(call))
    return call.fail(*refused);
  auto& [headers, protocol, ready] = upgrade.value();
  command_bridge::target to{address_of(call), node_io::encode(*request)};
  command::fsm fsm{std::move(protocol),
                   kind == command_kind::exec
                       ? "error executing command in container"
                       : "error attaching to container"};
  std::make_shared<command_bridge>(std::move(call), std::move(to),
                                   std::move(fsm))
      ->begin(std::move(headers), ready);
}

} // namespace

void serve_log(stream_call call) {
  const auto name = std::string{pod_of(call).metadata().name()};
  auto request = parse_log_options(call.request->query, name, call.now);
  if (!request)
    return call.fail(request.error());
  if (const auto refused = aim(call, request->from))
    return call.fail(*refused);
  if (!is_scheduled(call)) {
    call.begun(204);
    return call.responder->respond(204, call.headers, nullptr);
  }
  if (const auto refused = check_bus(call))
    return call.fail(*refused);
  const auto address = address_of(call);
  std::make_shared<log_bridge>(std::move(call))
      ->begin(address, node_io::encode(*request));
}

void serve_exec(stream_call call) {
  serve_command(std::move(call), command_kind::exec);
}

void serve_attach(stream_call call) {
  serve_command(std::move(call), command_kind::attach);
}

} // namespace troupe::gateway
