#pragma once

#include "messages/protocol/api/api_call.hpp"
#include "runtime/control/api_port.hpp"
#include "runtime/port/messenger.hpp"

#include <functional>
#include <memory>
#include <string>

namespace troupe::agent {

/// The API as an agent reaches it: requests and watches over the bus, to any
/// server. Who asks is what the bus says; a request's identity is ignored.
class api_client final : public control::api_port {
public:
  /// `bus` must outlive the client.
  explicit api_client(messenger& bus) : bus_(bus) {}

  /// A request that got no answer is answered with 503. The object of an
  /// answer carries its resourceVersion.
  void call(api::request request, mono_time deadline,
            std::function<void(api::response)> done) override;

  /// The same for work that may block: returns the answer.
  api::response ask(api::request request, mono_time deadline);

private:
  messenger& bus_;
};

/// A watch over the bus. `on_batch` and then, once, `on_end` come from the
/// bus's threads; `on_end` says why, `api_call::expired` when history is gone.
/// Dropping it ends it; nothing is called after that from within the drop.
class api_watch {
public:
  api_watch(messenger& bus, const api_call::watch_open& what,
            std::function<void(api_call::watch_batch)> on_batch,
            std::function<void(std::string)> on_end);
  ~api_watch();

  api_watch(const api_watch&) = delete;
  api_watch& operator=(const api_watch&) = delete;

private:
  class handler;
  std::shared_ptr<handler> handler_;
};

/// Where the API is reached.
inline constexpr const char* gateway_address = "/server/any/gateway";

} // namespace troupe::agent
