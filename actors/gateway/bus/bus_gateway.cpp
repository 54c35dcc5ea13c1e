#include "actors/gateway/bus/bus_gateway.hpp"

#include "actors/gateway/bus/node_authorizer.hpp"
#include "actors/gateway/bus/watch_stream.hpp"
#include "actors/gateway/object/storage.hpp"
#include "messages/api/options.hpp"
#include "messages/protocol/api/api_call.hpp"
#include "messages/schema/registry.hpp"

#include <utility>
#include <vector>

namespace troupe::gateway {

namespace {

constexpr const char* node_role = "node";

void give(const reply<bus_answer>& answer, const api::response& response) {
  auto octets = api_call::encode_response(response);
  if (octets.size() > bus_message_max) {
    api::response refusal;
    refusal.status = api::request_entity_too_large("the answer is too large");
    octets = api_call::encode_response(refusal);
  }
  answer({message_type::api_response, std::move(octets)});
}

void refuse_call(const reply<bus_answer>& answer, api::status why) {
  api::response response;
  response.status = std::move(why);
  give(answer, response);
}

/// The peer's place in the API; deny by default.
std::optional<api::status> authorize_peer(const bus_peer& peer,
                                          api::request& request,
                                          const meta::field_selector& fields,
                                          const store::store_snapshot& state) {
  if (peer.role != node_role)
    return api::forbidden({request.target.group, request.target.resource},
                          request.target.name,
                          "only nodes are served over the bus");
  request.user = node_identity(peer);
  auto why = authorize_node(peer, request, fields, state);
  return why ? why : restrict_node(peer, request, state);
}

/// Calls `then` once this server's view is as new as the call, with whether it
/// is.
void with_newest(const writer_ports& ports, mono_time deadline,
                 std::function<void(bool)> then) {
  ports.store->read_index(deadline, [resume = ports.resume,
                                     then = std::move(then)](auto outcome) {
    auto next = [then, reached = outcome == store::barrier_outcome::reached] {
      then(reached);
    };
    if (resume)
      resume(std::move(next));
    else
      next();
  });
}

api::status not_fresh() {
  return api::service_unavailable(
      "the server is currently unable to handle the request");
}

/// A watch as asked for, read and found to be one.
struct watch_plan {
  const schema::resource_desc* resource = nullptr;
  watch::watch_request request;
};

error refusal_of(const api::status& why) {
  return {why.code == 403 ? errc::permission_denied : errc::invalid_argument,
          why.message};
}

result<meta::field_selector> fields_of(const api_call::watch_open& open,
                                       const schema::resource_desc& resource) {
  auto fields = meta::field_selector::parse(open.field_selector);
  if (!fields)
    return fields;
  if (auto why = api::check_fields(*fields, resource))
    return refusal_of(*why);
  if (open.target.name.empty())
    return fields;
  auto all = fields->requirements();
  all.push_back({"metadata.name", open.target.name, true});
  return meta::field_selector{std::move(all)};
}

result<watch_plan> plan_watch(const api_call::watch_open& open) {
  watch_plan out;
  const auto& target = open.target;
  out.resource =
      schema::find_resource(target.group, target.version, target.resource);
  if (out.resource == nullptr || out.resource->stored != nullptr
      || !target.subresource.empty()
      || (!out.resource->namespaced && !target.ns.empty()))
    return refusal_of(api::path_not_found());
  auto labels = meta::label_selector::parse(open.label_selector);
  if (!labels)
    return labels.error();
  auto fields = fields_of(open, *out.resource);
  if (!fields)
    return fields.error();
  out.request.prefix = list_prefix(*out.resource, target.ns);
  out.request.labels = std::move(*labels);
  out.request.fields = std::move(*fields);
  if (open.after)
    out.request.after = store::revision{*open.after};
  out.request.bookmarks = true;
  out.request.mark_initial_end = true;
  return out;
}

} // namespace

bus_gateway::bus_gateway(bus_gateway_ports ports)
    : ports_{std::move(ports)},
      // Asked before the call, which then changes it.
      objects_{std::make_shared<local_api>(
          ports_.writer, [](const api::request&) -> std::optional<api::status> {
            return std::nullopt;
          })} {
  TROUPE_CHECK(ports_.watch != nullptr, "a gateway has watches to offer");
}

void bus_gateway::on_request(bus_request request, reply<bus_answer> answer) {
  if (request.type != message_type::api_request)
    return;
  if (is_lost())
    return refuse_call(answer, not_fresh());
  auto call = api_call::decode_request(request.payload);
  if (!call)
    return refuse_call(answer, api::bad_request(call.error().message));
  const auto serve = [objects = objects_, deadline = request.deadline,
                      answer](api::request call) {
    objects->call(std::move(call), deadline,
                  [answer](api::response response) { give(answer, response); });
  };
  auto asked = *call;
  auto& store = *ports_.writer.store;
  if (!authorize_peer(request.from, asked, {}, *store.current()))
    return serve(std::move(asked));
  // A server that has just begun knows less than was committed, and a node
  // ends a pod that it hears is not there: no refusal without a newer look.
  with_newest(ports_.writer, request.deadline,
              [&store, serve, answer, from = request.from,
               call = std::move(*call)](bool reached) mutable {
                if (!reached)
                  return refuse_call(answer, not_fresh());
                if (auto why = authorize_peer(from, call, {}, *store.current()))
                  return refuse_call(answer, std::move(*why));
                serve(std::move(call));
              });
}

result<std::shared_ptr<bus_stream_handler>>
bus_gateway::on_open(bus_request request, std::shared_ptr<bus_stream> stream) {
  if (request.type != message_type::watch_open)
    return error{errc::unsupported, "only watches are streams here"};
  if (is_lost())
    return error{errc::unavailable, not_fresh().message};
  auto open = api_call::decode_watch_open(request.payload);
  if (!open)
    return open.error();
  auto plan = plan_watch(*open);
  if (!plan)
    return plan.error();
  api::request asked;
  asked.verb = api::verb::watch;
  asked.target = open->target;
  if (auto why = authorize_peer(request.from, asked, plan->request.fields,
                                *ports_.writer.store->current()))
    return refusal_of(*why);
  auto ticket = take_ticket(request.from.name);
  if (ticket == nullptr)
    return error{errc::unavailable, "the node has too many watches open"};
  auto sink = std::make_shared<watch_stream>(*plan->resource, std::move(stream),
                                             ticket);
  watches_->with(
      [&](open_watches& all) { all.streams.emplace(*ticket, sink); });
  ticket.reset();
  begin_watch(std::move(plan->request), sink);
  return std::shared_ptr<bus_stream_handler>{std::move(sink)};
}

/// What is missing from a beginning is gone for the node: the view must be as
/// new as the call. A watch that is resumed waits for its revision itself.
void bus_gateway::begin_watch(watch::watch_request request,
                              std::shared_ptr<watch_stream> sink) {
  if (request.after)
    return sink->hold(ports_.watch->open(std::move(request), sink));
  with_newest(ports_.writer, ports_.writer.mono_now() + watch_begin_max,
              [watch = ports_.watch, sink = std::move(sink),
               request = std::move(request)](bool reached) mutable {
                if (!reached)
                  return sink->end(watch::watch_end::unavailable);
                sink->hold(watch->open(std::move(request), sink));
              });
}

bool bus_gateway::is_lost() const {
  return ports_.standing && ports_.standing->is_lost(ports_.writer.mono_now());
}

void bus_gateway::end_watches() {
  std::vector<std::shared_ptr<watch_stream>> streams;
  watches_->with([&](const open_watches& open) {
    for (const auto& [id, stream] : open.streams)
      streams.push_back(stream.lock());
  });
  for (const auto& one : streams)
    if (one)
      one->end(watch::watch_end::unavailable);
}

/// Counts a watch of the node until the ticket is gone; null when it has too
/// many.
std::shared_ptr<const std::uint64_t>
bus_gateway::take_ticket(const std::string& node) {
  const auto id = watches_->with([&](open_watches& open) -> std::uint64_t {
    auto& count = open.counts[node];
    if (count >= watches_per_node_max)
      return 0;
    ++count;
    return ++open.last;
  });
  if (id == 0)
    return nullptr;
  auto give_back = [all = watches_, node](const std::uint64_t* number) {
    const std::unique_ptr<const std::uint64_t> own{number};
    all->with([&](open_watches& open) {
      open.streams.erase(*own);
      if (--open.counts[node] == 0)
        open.counts.erase(node);
    });
  };
  return {new const std::uint64_t{id}, std::move(give_back)};
}

} // namespace troupe::gateway
