#include "node/agent/api_client.hpp"

#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "runtime/base/guarded.hpp"

#include <future>

namespace troupe::agent {

namespace {

/// Objects travel as they are stored, which is before they have a revision.
std::shared_ptr<const codec::document>
with_revision(const codec::document& object, std::uint64_t revision) {
  auto doc = object.clone();
  // Every kind has its metadata in the same place.
  auto& metadata = doc.object_at(doc.root(), schema::ids::pod::metadata);
  doc.set(metadata, schema::ids::object_meta::resource_version,
          doc.make_string(std::to_string(revision)));
  return std::make_shared<const codec::document>(std::move(doc));
}

api::response read_answer(result<bus_answer> answer) {
  if (!answer)
    return {api::service_unavailable(answer.error().message)};
  if (answer->type != message_type::api_response)
    return {api::service_unavailable("the server gave no answer")};
  auto out = api_call::decode_response(answer->payload);
  if (!out)
    return {api::service_unavailable(out.error().message)};
  if (out->object)
    out->object = with_revision(*out->object, out->revision);
  return std::move(*out);
}

} // namespace

void api_client::call(api::request request, mono_time deadline,
                      std::function<void(api::response)> done) {
  bus_.ask(gateway_address, message_type::api_request,
           api_call::encode_request(request), deadline,
           [done = std::move(done)](result<bus_answer> answer) {
             done(read_answer(std::move(answer)));
           });
}

api::response api_client::ask(api::request request, mono_time deadline) {
  std::promise<api::response> answer;
  call(std::move(request), deadline,
       [&](api::response it) { answer.set_value(std::move(it)); });
  return answer.get_future().get();
}

/// Outlives the watch when the bus still holds it; then it is silent.
class api_watch::handler final : public bus_stream_handler {
public:
  handler(std::function<void(api_call::watch_batch)> on_batch,
          std::function<void(std::string)> on_end)
      : listener_(listener{std::move(on_batch), std::move(on_end)}) {
    // nop
  }

  void stream(std::shared_ptr<bus_stream> to) {
    stream_.with([&](auto& it) { it = std::move(to); });
  }

  void close() {
    listener_.with([](auto& it) { it = {}; });
    auto stream = stream_.with([](auto& it) { return std::move(it); });
    if (stream)
      stream->reset("the watcher left");
  }

  void on_message(bytes message) override {
    const auto size = message.size();
    auto batch = api_call::decode_watch_batch(message);
    auto to = listener_.with([](auto& it) { return it; });
    if (batch && to.on_batch)
      to.on_batch(std::move(*batch));
    auto stream = stream_.with([](auto& it) { return it; });
    if (stream && !batch)
      stream->reset(batch.error().message);
    else if (stream)
      stream->consumed(size);
  }

  void on_end(stream_end, std::string why) override {
    auto to = listener_.with([](auto& it) { return std::exchange(it, {}); });
    if (to.on_end)
      to.on_end(std::move(why));
  }

private:
  struct listener {
    std::function<void(api_call::watch_batch)> on_batch;
    std::function<void(std::string)> on_end;
  };

  guarded<listener> listener_;
  guarded<std::shared_ptr<bus_stream>> stream_;
};

api_watch::api_watch(messenger& bus, const api_call::watch_open& what,
                     std::function<void(api_call::watch_batch)> on_batch,
                     std::function<void(std::string)> on_end)
    : handler_(
        std::make_shared<handler>(std::move(on_batch), std::move(on_end))) {
  handler_->stream(bus.open(gateway_address, message_type::watch_open,
                            api_call::encode(what), handler_));
}

api_watch::~api_watch() {
  handler_->close();
}

} // namespace troupe::agent
