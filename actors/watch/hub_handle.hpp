#pragma once

#include "runtime/caf/door.hpp"
#include "runtime/store/store_port.hpp"
#include "runtime/watch/watch_hub.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <variant>
#include <vector>

namespace troupe::watch {

/// A sink that hears its end whatever happens: destroyed with its watch still
/// open (the actor died, or the request with its mailbox), it says
/// `unavailable`.
class open_sink {
public:
  explicit open_sink(std::shared_ptr<watch_sink> sink)
      : sink_(std::move(sink)) {}
  open_sink(open_sink&&) = default;
  open_sink& operator=(open_sink&&) = delete;
  ~open_sink() { end(watch_end::unavailable); }

  bool deliver(std::span<const delivery> batch) {
    return sink_->deliver(batch);
  }

  /// A second end is not heard.
  void end(watch_end why) {
    if (auto sink = std::exchange(sink_, nullptr))
      sink->end(why);
  }

private:
  std::shared_ptr<watch_sink> sink_;
};

/// A watch to be opened. `left` turns true when its handle is destroyed, which
/// may be before the actor gets to it.
struct open_call {
  watch_id id;
  watch_request request;
  open_sink sink;
  std::shared_ptr<const std::atomic<bool>> left;
};

/// Something changed: the store moved, or watchers left.
struct wake_call {};

struct tick_call {};

using call = std::variant<open_call, wake_call, tick_call>;

/// What callers leave for the actor without filling its mailbox: any amount of
/// news is one message, so neither a write nor a departure can be refused.
class doorbell {
public:
  explicit doorbell(std::shared_ptr<actors::door<call>> entrance);

  /// There is news: the actor will look at the store and at who left. Should
  /// it be down, or busy past its bound, it looks all the same: when it starts,
  /// and after each batch.
  void ring();

  /// The watcher's handle is gone.
  void leave(watch_id id);

  /// The actor's side: news from here on rings again. Returns who left.
  std::vector<watch_id> answer();

private:
  std::shared_ptr<actors::door<call>> entrance_;
  std::atomic<bool> rung_ = false;
  std::mutex mutex_;
  std::vector<watch_id> left_;
};

/// Suggested bound of the actor's door: so many watches may be opened at once,
/// as when every client of a server comes back together.
inline constexpr std::size_t mailbox_max = 16'384;

/// `watch_port` in front of a watch actor. It outlives the actor's incarnations
/// and hands them what outlives them too: the store, which it shares, and the
/// doorbell. Watch handles may outlive it.
class hub_handle final : public watch_port {
public:
  hub_handle(std::shared_ptr<actors::door<call>> entrance,
             std::shared_ptr<store::store_port> store);

  std::unique_ptr<watch_handle> open(watch_request request,
                                     std::shared_ptr<watch_sink> sink) override;

  // The actor's side.

  const std::shared_ptr<actors::door<call>>& entrance() const {
    return entrance_;
  }

  const store::store_port& store() const { return *store_; }

  doorbell& bell() { return *bell_; }

private:
  std::shared_ptr<actors::door<call>> entrance_;
  std::shared_ptr<store::store_port> store_;
  std::shared_ptr<doorbell> bell_;
  std::atomic<std::uint64_t> last_id_ = 0;
  std::unique_ptr<store::subscription> subscription_;
};

} // namespace troupe::watch
