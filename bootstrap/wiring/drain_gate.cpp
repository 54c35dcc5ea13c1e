#include "bootstrap/wiring/drain_gate.hpp"

#include "messages/api/status.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace troupe::wiring {

struct drain_gate::state {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t inside = 0;
  bool closed = false;

  bool enter() {
    std::lock_guard guard{mutex};
    if (!closed)
      ++inside;
    return !closed;
  }

  void leave() {
    {
      std::lock_guard guard{mutex};
      --inside;
    }
    changed.notify_all();
  }
};

/// Leaves the gate when the answer is given, or with its last owner.
class drain_gate::visitor final : public http_responder {
public:
  visitor(std::shared_ptr<state> gate, std::shared_ptr<http_responder> inner)
      : gate_(std::move(gate)), inner_(std::move(inner)) {
    // nop
  }

  ~visitor() override { leave(); }

  void respond(int code, http_headers headers, shared_bytes body) override {
    inner_->respond(code, std::move(headers), std::move(body));
    leave();
  }

  void start(int code, http_headers headers) override {
    inner_->start(code, std::move(headers));
    leave();
  }

  bool write(shared_bytes chunk) override {
    return inner_->write(std::move(chunk));
  }

  void on_drained(std::function<void()> callback) override {
    inner_->on_drained(std::move(callback));
  }

  void finish() override { inner_->finish(); }

  std::shared_ptr<http_tunnel>
  upgrade(http_headers headers,
          std::shared_ptr<http_tunnel_handler> handler) override {
    auto tunnel = inner_->upgrade(std::move(headers), std::move(handler));
    leave();
    return tunnel;
  }

  void on_close(std::function<void()> callback) override {
    inner_->on_close(std::move(callback));
  }

private:
  void leave() {
    if (!left_.exchange(true))
      gate_->leave();
  }

  std::shared_ptr<state> gate_;
  std::shared_ptr<http_responder> inner_;
  std::atomic<bool> left_ = false;
};

drain_gate::drain_gate() : state_(std::make_shared<state>()) {
  // nop
}

http_handler drain_gate::guard(http_handler inner) const {
  return [gate = state_, inner = std::move(inner)](
             http_request request, std::shared_ptr<http_responder> to) {
    if (gate->enter())
      return inner(std::move(request),
                   std::make_shared<visitor>(gate, std::move(to)));
    const auto refusal =
        api::service_unavailable("the server is shutting down");
    to->respond(refusal.code,
                {{"Content-Type", "application/json"},
                 // kubectl caches what does not say otherwise, a 503 too.
                 {"Cache-Control", "no-cache, private"},
                 {"Connection", "close"},
                 {"Retry-After", "1"}},
                make_shared_bytes(api::to_json(refusal)));
  };
}

bool drain_gate::drain(duration timeout) const {
  std::unique_lock guard{state_->mutex};
  state_->closed = true;
  return state_->changed.wait_for(guard, timeout,
                                  [this] { return state_->inside == 0; });
}

} // namespace troupe::wiring
