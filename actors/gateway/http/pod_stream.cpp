#include "actors/gateway/http/pod_stream.hpp"

#include "actors/gateway/http/freshness.hpp"
#include "actors/gateway/object/storage.hpp"
#include "actors/gateway/stream/stream_call.hpp"
#include "messages/api/query.hpp"

#include <algorithm>
#include <array>

namespace troupe::gateway {

namespace {

struct stream_route {
  std::string_view subresource;
  bool acts; ///< does something in the pod
  void (*serve)(stream_call);
};

constexpr std::array<stream_route, 3> streams = {{
    {"log", false, serve_log},
    {"exec", true, serve_exec},
    {"attach", true, serve_attach},
}};

const stream_route* find_stream(const api::request_info& info) {
  if (!info.group.empty() || info.resource != "pods")
    return nullptr;
  const auto found = std::ranges::find(
      streams, std::string_view{info.subresource}, &stream_route::subresource);
  return found == streams.end() ? nullptr : &*found;
}

void open(const exchange_ptr& call, const store::store_snapshot& view) {
  const auto& desc = call->resource->desc;
  auto read = read_object(view, object_key(desc, call->ns, call->name), desc);
  if (!read)
    return call->fail(api::internal_error(read.error().message));
  if (!*read)
    return call->fail(
        api::not_found({desc.kind.group, desc.plural}, call->name));
  const auto& ports = call->shared->ports;
  stream_call out;
  out.request = {call, &call->request};
  out.responder = call->responder;
  out.bus = ports.bus;
  out.pod = std::make_shared<const codec::document>(std::move((**read).object));
  out.now = ports.wall_now();
  out.headers = {{"Cache-Control", "no-cache, private"}};
  out.fail = [call](const api::status& status) { call->fail(status); };
  out.begun = [call](int code) { call->count(code); };
  find_stream(call->info)->serve(std::move(out));
}

} // namespace

bool is_pod_stream(const api::request_info& info) {
  return info.is_resource && find_stream(info) != nullptr;
}

void open_pod_stream(const exchange_ptr& call) {
  if (find_stream(call->info)->acts
      && api::find_parameter(call->request.query, "dryRun"))
    return call->fail(api::bad_request("dryRun is not supported"));
  with_fresh(call, std::nullopt,
             [call](const snapshot_ptr& view) { open(call, *view); });
}

} // namespace troupe::gateway
