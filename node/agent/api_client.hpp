#pragma once

#include "messages/protocol/api/api_call.hpp"
#include "node/agent/server_choice.hpp"
#include "runtime/base/guarded.hpp"
#include "runtime/base/timer.hpp"
#include "runtime/control/api_port.hpp"
#include "runtime/port/messenger.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace troupe::agent {

/// How long one server has to answer before another is asked: longer than the
/// servers take to find a new leader.
inline constexpr duration attempt_max = std::chrono::seconds{2};

/// For how long a caller that blocks is kept while servers fail.
inline constexpr duration blocking_retry_max = std::chrono::seconds{2};

/// The API as an agent reaches it: requests over the bus, to one server and,
/// when that gives no answer or cannot serve (503, 504), to another. Who asks
/// is what the bus says; a request's identity is ignored.
///
/// A write whose answer was lost is asked for again, so it must say what it
/// rests on: a name that is not taken, a uid, a resourceVersion. It may then be
/// refused for what it did itself, with 409 or 404, as for another's write.
class api_client final : public control::api_port {
public:
  /// `bus` must outlive the client, or its `stop`.
  explicit api_client(messenger& bus);
  ~api_client() override;

  /// Asks again until the deadline; what has no answer then is answered with
  /// the last refusal, 503 without one. The object of an answer carries its
  /// resourceVersion.
  void call(api::request request, mono_time deadline,
            std::function<void(api::response)> done) override;

  /// The same for work that may block, for less long while servers fail.
  api::response ask(api::request request, mono_time deadline);

  /// Nothing is asked again from now on: what waits for that is answered.
  void stop();

private:
  friend class api_watch;
  class shared;
  class exchange;

  std::shared_ptr<shared> shared_;
};

/// A watch over the bus, of the server that answers the client's requests.
/// `on_batch` and then, once, `on_end` come from the bus's threads; `on_end`
/// says why, `api_call::expired` when history is gone. Dropping it ends it;
/// nothing is called after that from within the drop.
class api_watch {
public:
  api_watch(api_client& api, const api_call::watch_open& what,
            std::function<void(api_call::watch_batch)> on_batch,
            std::function<void(std::string)> on_end);
  ~api_watch();

  api_watch(const api_watch&) = delete;
  api_watch& operator=(const api_watch&) = delete;

private:
  class handler;
  std::shared_ptr<handler> handler_;
};

} // namespace troupe::agent
