#include "actors/gateway/object/local_api.hpp"

#include "actors/gateway/object/identity.hpp"
#include "actors/gateway/object/local_read.hpp"
#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/refusal.hpp"
#include "messages/base/check.hpp"
#include "messages/schema/registry.hpp"

#include <algorithm>

namespace troupe::gateway {

namespace {

api::response to_response(object_answer answer) {
  return {std::move(answer.status), std::move(answer.object), answer.revision,
          answer.fenced_off};
}

object_call to_call(const api::request& request, mono_time deadline) {
  const auto& target = request.target;
  object_call out;
  out.user = request.user;
  out.resource =
      schema::find_resource(target.group, target.version, target.resource);
  out.subresource = target.subresource;
  out.ns = target.ns;
  out.name = target.name;
  out.field_manager =
      request.field_manager.empty() ? request.user.name : request.field_manager;
  out.validation = field_validation::ignore;
  out.deadline = deadline;
  out.fence = request.fence;
  return out;
}

delete_call to_delete(const api::request& request) {
  return {request.propagation_policy, request.grace_period_seconds, request.uid,
          request.resource_version};
}

codec::document body_of(const api::request& request) {
  auto out = request.body->clone();
  if (!request.resource_version.empty())
    set_meta_text(out, object_meta::resource_version, request.resource_version);
  if (!request.uid.empty())
    set_meta_text(out, object_meta::uid, request.uid);
  return out;
}

bool is_served(const object_call& call) {
  return call.resource != nullptr && call.resource->stored == nullptr
         && (call.subresource.empty()
             || std::ranges::any_of(call.resource->subresources,
                                    [&](const auto& one) {
                                      return one.name == call.subresource;
                                    }));
}

/// The type of what is written.
const schema::type_desc* body_type(const object_call& call) {
  for (const auto& one : call.resource->subresources)
    if (one.name == call.subresource)
      return one.type;
  return call.resource->type;
}

bool names_one(api::verb verb) {
  return verb == api::verb::get || verb == api::verb::update
         || verb == api::verb::remove;
}

/// What no component of ours may ask, but a relayed one could.
std::optional<api::status> check_shape(const api::request& request,
                                       const object_call& call) {
  if (!is_served(call))
    return api::path_not_found();
  const bool writes =
      request.verb == api::verb::create || request.verb == api::verb::update;
  if (writes && request.body == nullptr)
    return api::bad_request("a body is required");
  if (writes && request.body->type() != body_type(call))
    return api::bad_request("the body is of another type than the resource");
  if (names_one(request.verb) && call.name.empty())
    return api::bad_request("a name is required");
  if (!call.resource->namespaced && !call.ns.empty())
    return api::path_not_found();
  if (call.resource->namespaced && call.ns.empty()
      && request.verb != api::verb::list)
    return api::bad_request("a namespace is required");
  return std::nullopt;
}

/// Hands `read` a state as new as the call, on a thread that may compute.
void read_state(const writer_ports& ports, mono_time deadline,
                std::function<void(const store::store_snapshot&)> read,
                std::function<void(api::status)> fail) {
  auto heard = [store = ports.store, read = std::move(read),
                fail = std::move(fail)](store::barrier_outcome outcome) {
    switch (outcome) {
      case store::barrier_outcome::reached:
        return read(*store->current());
      case store::barrier_outcome::timed_out:
        return fail(api::timeout("the read was not confirmed in time", 0));
      case store::barrier_outcome::unavailable:
        return fail(
            api::service_unavailable("no leader of the cluster state answers"));
    }
  };
  ports.store->read_index(deadline,
                          [heard, resume = ports.resume](auto outcome) {
                            if (resume)
                              resume([=] { heard(outcome); });
                            else
                              heard(outcome);
                          });
}

} // namespace

local_api::local_api(writer_ports ports, local_authorizer authorize)
    : ports_{std::move(ports)}, writer_{ports_}, authorize_{
                                                     std::move(authorize)} {
  TROUPE_CHECK(authorize_, "nobody is let in unasked");
}

void local_api::call(api::request request, mono_time deadline,
                     std::function<void(api::response)> done) {
  auto call = to_call(request, deadline);
  auto answer = [done](object_answer x) { done(to_response(std::move(x))); };
  auto fail = [answer](api::status why) { answer(refuse(std::move(why))); };
  auto why = authorize_(request);
  if (!why)
    why = check_shape(request, call);
  if (why)
    return fail(std::move(*why));
  switch (request.verb) {
    case api::verb::create:
      return writer_.create(std::move(call), body_of(request), answer);
    case api::verb::update:
      return writer_.update(std::move(call), body_of(request), answer);
    case api::verb::remove:
      return writer_.remove(std::move(call), to_delete(request), answer);
    case api::verb::get:
      return read_state(
          ports_, deadline,
          [=](const auto& state) { answer(read_one(call, state)); }, fail);
    case api::verb::list:
      return read_state(
          ports_, deadline,
          [=](const auto& state) { answer(read_list(call, state)); }, fail);
    case api::verb::remove_collection:
      return read_state(
          ports_, deadline,
          [=, writer = writer_,
           options = to_delete(request)](const auto& state) mutable {
            writer.remove_collection(call, options, read_names(call, state),
                                     answer);
          },
          fail);
    case api::verb::patch:
    case api::verb::watch:
      break;
  }
  fail(api::method_not_supported(call.group_resource(),
                                 api::to_string(request.verb)));
}

} // namespace troupe::gateway
