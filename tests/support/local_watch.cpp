#include "tests/support/local_watch.hpp"

namespace troupe::test {

using namespace troupe::watch;

struct local_watch::parts {
  explicit parts(store::store_port& from)
      : store{from}, hub{from.current(), 1} {}

  void carry_out(const hub_output& out) {
    for (const auto& send : out.sends)
      if (const auto sink = find(send.to);
          sink && !sink->deliver(out.batch(send)))
        if (hub.remove(send.to))
          end(send.to, watch_end::overflow);
    for (const auto& finish : out.finishes)
      end(finish.who, finish.why);
  }

  std::shared_ptr<watch_sink> find(watch_id id) {
    const auto found = sinks.find(id);
    return found == sinks.end() ? nullptr : found->second;
  }

  void end(watch_id id, watch_end why) {
    const auto sink = find(id);
    sinks.erase(id);
    if (sink)
      sink->end(why);
  }

  store::store_port& store;
  std::recursive_mutex mutex;
  watch_hub hub;
  mono_time now{};
  std::uint64_t last_id = 0;
  std::map<watch_id, std::shared_ptr<watch_sink>> sinks;
};

namespace {

/// Calls back when it goes.
class on_destruction final : public watch_handle {
public:
  explicit on_destruction(std::function<void()> callback)
      : callback_{std::move(callback)} {}

  ~on_destruction() override { callback_(); }

private:
  std::function<void()> callback_;
};

} // namespace

local_watch::local_watch(store::store_port& store) {
  parts_ = std::make_shared<parts>(store);
  auto [start, held] =
      store.subscribe([all = parts_](const store::applied_batch& batch) {
        std::lock_guard lock{all->mutex};
        all->carry_out(all->hub.advance(batch.snapshot));
      });
  subscription_ = std::move(held);
  parts_->carry_out(parts_->hub.advance(start));
}

local_watch::~local_watch() {
  subscription_.reset();
  std::map<watch_id, std::shared_ptr<watch_sink>> open;
  {
    std::lock_guard lock{parts_->mutex};
    open.swap(parts_->sinks);
    for (const auto& [id, sink] : open)
      parts_->hub.remove(id);
  }
  for (const auto& [id, sink] : open)
    sink->end(watch_end::unavailable);
}

std::unique_ptr<watch_handle>
local_watch::open(watch_request request, std::shared_ptr<watch_sink> sink) {
  std::lock_guard lock{parts_->mutex};
  // The store may have compacted since.
  parts_->carry_out(parts_->hub.advance(parts_->store.current()));
  const watch_id id{++parts_->last_id};
  parts_->sinks.emplace(id, std::move(sink));
  parts_->carry_out(parts_->hub.add(id, std::move(request), parts_->now));
  return std::make_unique<on_destruction>([all = parts_, id] {
    std::lock_guard guard{all->mutex};
    if (all->hub.remove(id))
      all->end(id, watch_end::closed);
  });
}

void local_watch::tick(mono_time now) {
  std::lock_guard lock{parts_->mutex};
  parts_->now = now;
  parts_->carry_out(parts_->hub.tick(now));
}

std::size_t local_watch::size() const {
  std::lock_guard lock{parts_->mutex};
  return parts_->hub.size();
}

} // namespace troupe::test
