#include "node/agent/api_client.hpp"

#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "runtime/base/backoff.hpp"
#include "runtime/base/clock.hpp"

#include <algorithm>
#include <future>
#include <utility>

namespace troupe::agent {

namespace {

/// Between two attempts; the first follows almost at once.
constexpr backoff_policy pause{std::chrono::milliseconds{20},
                               std::chrono::milliseconds{500}};

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

/// The server cannot serve now, or what it did is not known.
bool is_served(const api::status& status) {
  return status.code != 503 && status.code != 504;
}

} // namespace

/// What the client, its calls and its watches share.
class api_client::shared {
public:
  explicit shared(messenger& messages) : bus(messages) {}

  std::string address() const {
    return choice_.with([](const auto& it) { return it.address(); });
  }

  void answered(const bus_peer& by) {
    choice_.with([&](auto& it) { it.answered(by); });
  }

  void failed(const std::string& at) {
    choice_.with([&](auto& it) { it.failed(at); });
  }

  messenger& bus;
  timer again;
  std::atomic<bool> stopped{false};

private:
  guarded<server_choice> choice_;
};

/// A request on its way: one attempt at a time.
class api_client::exchange
    : public std::enable_shared_from_this<api_client::exchange> {
public:
  exchange(std::shared_ptr<shared> client, bytes request, mono_time deadline,
           mono_time last_attempt, std::function<void(api::response)> done)
      : client_(std::move(client)), request_(std::move(request)),
        deadline_(deadline), last_attempt_(last_attempt),
        done_(std::move(done)) {
    // nop
  }

  void begin() {
    auto at = client_->address();
    const auto by = std::min(deadline_, mono_now() + attempt_max);
    client_->bus.ask(at, message_type::api_request, request_, by,
                     [self = shared_from_this(), at](auto answer) {
                       self->heard(at, std::move(answer));
                     });
  }

private:
  void heard(const std::string& at, result<bus_answer> answer) {
    const auto from = answer ? answer->from : bus_peer{};
    auto response = read_answer(std::move(answer));
    if (is_served(response.status)) {
      client_->answered(from);
      return finish(std::move(response));
    }
    client_->failed(at);
    const auto next = mono_now() + pause.delay(attempts_++);
    if (client_->stopped || next >= last_attempt_)
      return finish(std::move(response));
    client_->again.at(next, [self = shared_from_this(),
                             last = std::move(response)]() mutable {
      if (self->client_->stopped)
        self->finish(std::move(last));
      else
        self->begin();
    });
  }

  void finish(api::response response) {
    std::exchange(done_, {})(std::move(response));
  }

  const std::shared_ptr<shared> client_;
  const bytes request_;
  const mono_time deadline_;
  const mono_time last_attempt_;
  std::function<void(api::response)> done_;
  unsigned attempts_ = 0;
};

api_client::api_client(messenger& bus)
    : shared_(std::make_shared<shared>(bus)) {
  // nop
}

api_client::~api_client() {
  stop();
}

void api_client::stop() {
  shared_->stopped = true;
  shared_->again.stop();
}

void api_client::call(api::request request, mono_time deadline,
                      std::function<void(api::response)> done) {
  std::make_shared<exchange>(shared_, api_call::encode_request(request),
                             deadline, deadline, std::move(done))
      ->begin();
}

api::response api_client::ask(api::request request, mono_time deadline) {
  std::promise<api::response> answer;
  std::make_shared<exchange>(
      shared_, api_call::encode_request(request), deadline,
      std::min(deadline, mono_now() + blocking_retry_max),
      [&](api::response it) { answer.set_value(std::move(it)); })
      ->begin();
  return answer.get_future().get();
}

/// Outlives the watch when the bus still holds it; then it is silent.
class api_watch::handler final : public bus_stream_handler {
public:
  handler(std::shared_ptr<api_client::shared> client,
          std::function<void(api_call::watch_batch)> on_batch,
          std::function<void(std::string)> on_end)
      : client_(std::move(client)), address_(client_->address()),
        listener_(listener{std::move(on_batch), std::move(on_end)}) {
    // nop
  }

  const std::string& address() const { return address_; }

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
    // Why ever it ended there, another server may do better.
    if (why != api_call::expired)
      client_->failed(address_);
    auto to = listener_.with([](auto& it) { return std::exchange(it, {}); });
    if (to.on_end)
      to.on_end(std::move(why));
  }

private:
  struct listener {
    std::function<void(api_call::watch_batch)> on_batch;
    std::function<void(std::string)> on_end;
  };

  const std::shared_ptr<api_client::shared> client_;
  const std::string address_;
  guarded<listener> listener_;
  guarded<std::shared_ptr<bus_stream>> stream_;
};

api_watch::api_watch(api_client& api, const api_call::watch_open& what,
                     std::function<void(api_call::watch_batch)> on_batch,
                     std::function<void(std::string)> on_end)
    : handler_(std::make_shared<handler>(api.shared_, std::move(on_batch),
                                         std::move(on_end))) {
  handler_->stream(api.shared_->bus.open(handler_->address(),
                                         message_type::watch_open,
                                         api_call::encode(what), handler_));
}

api_watch::~api_watch() {
  handler_->close();
}

} // namespace troupe::agent
