#include "tests/support/local_store.hpp"

#include "messages/protocol/store_codec.hpp"

namespace troupe::test {

using store::barrier_outcome;

class local_store::local_subscription final : public store::subscription {
public:
  local_subscription(local_store& owner, std::uint64_t id)
      : owner_(owner), id_(id) {}

  ~local_subscription() override {
    std::lock_guard lock{owner_.callbacks_};
    owner_.subscribers_.erase(id_);
  }

private:
  local_store& owner_;
  std::uint64_t id_;
};

local_store::local_store(store::store_fsm restored)
    : fsm_(std::move(restored)) {}

std::shared_ptr<const store::store_snapshot> local_store::current() const {
  return view();
}

std::shared_ptr<const store::store_view> local_store::view() const {
  std::lock_guard lock{mutex_};
  return root_;
}

void local_store::run(std::function<void()> job) {
  {
    std::lock_guard lock{mutex_};
    jobs_.push_back(std::move(job));
    if (std::exchange(running_, true))
      return;
  }
  for (;;) {
    std::function<void()> next;
    {
      std::lock_guard lock{mutex_};
      if (jobs_.empty()) {
        running_ = false;
        return;
      }
      next = std::move(jobs_.front());
      jobs_.pop_front();
    }
    std::lock_guard lock{callbacks_};
    next();
  }
}

store::apply_outcome local_store::apply(store::command value) {
  auto applied = fsm_.apply(std::move(value));
  auto root = fsm_.snapshot();
  {
    std::lock_guard lock{mutex_};
    root_ = root;
  }
  if (applied.events.empty())
    return applied.outcome;
  store::applied_batch batch{root, std::move(applied.events)};
  // By id, because a callback may end any subscription.
  for (auto next = subscribers_.begin(); next != subscribers_.end();) {
    auto [id, hear] = *next;
    hear(batch);
    next = subscribers_.upper_bound(id);
  }
  answer_waiting();
  return applied.outcome;
}

void local_store::answer_waiting() {
  std::vector<waiting> due;
  std::erase_if(waiting_, [&](waiting& x) {
    auto over = x.at <= fsm_.applied() || x.deadline < mono_now_;
    if (over)
      due.push_back(std::move(x));
    return over;
  });
  for (auto& x : due)
    x.done(x.at <= fsm_.applied() ? barrier_outcome::reached : x.late);
}

void local_store::propose(store::proposal value,
                          std::function<void(store::propose_outcome)> done) {
  run([this, value = std::move(value), done = std::move(done)]() mutable {
    if (value.deadline < wall_now_)
      return done(store::proposal_expired{});
    if (leaderless_)
      return done(store::not_leader{});
    done(store::to_propose_outcome(apply(std::move(value))));
  });
}

void local_store::raise(store::raise_fence value, wall_time deadline,
                        std::function<void(store::propose_outcome)> done) {
  run([=, this, value = std::move(value)]() mutable {
    if (deadline < wall_now_)
      return done(store::proposal_expired{});
    done(store::to_propose_outcome(apply(std::move(value))));
  });
}

void local_store::read_index(mono_time deadline,
                             std::function<void(barrier_outcome)> done) {
  run([=, this, done = std::move(done)]() mutable {
    if (!leaderless_)
      return done(barrier_outcome::reached);
    constexpr auto never = std::numeric_limits<std::uint64_t>::max();
    waiting_.push_back({store::revision{never}, deadline, std::move(done),
                        barrier_outcome::unavailable});
  });
}

void local_store::lose_leader() {
  run([this] { leaderless_ = true; });
}

void local_store::wait_applied(store::revision at, mono_time deadline,
                               std::function<void(barrier_outcome)> done) {
  run([=, this, done = std::move(done)]() mutable {
    waiting_.push_back({at, deadline, std::move(done)});
    answer_waiting();
  });
}

std::pair<std::shared_ptr<const store::store_snapshot>,
          std::unique_ptr<store::subscription>>
local_store::subscribe(
    std::function<void(const store::applied_batch&)> on_batch) {
  std::lock_guard lock{callbacks_};
  auto id = next_subscriber_++;
  subscribers_.emplace(id, std::move(on_batch));
  return {view(), std::make_unique<local_subscription>(*this, id)};
}

store::propose_outcome local_store::propose_now(store::proposal value) {
  std::optional<store::propose_outcome> heard;
  propose(std::move(value),
          [&](store::propose_outcome x) { heard = std::move(x); });
  TROUPE_CHECK(heard.has_value(), "nobody else uses the store meanwhile");
  return std::move(*heard);
}

store::apply_outcome local_store::apply_now(store::command value) {
  std::optional<store::apply_outcome> heard;
  run([&] { heard = apply(std::move(value)); });
  TROUPE_CHECK(heard.has_value(), "nobody else uses the store meanwhile");
  return std::move(*heard);
}

void local_store::set_wall_time(wall_time now) {
  run([=, this] { wall_now_ = now; });
}

void local_store::set_mono_time(mono_time now) {
  run([=, this] {
    mono_now_ = now;
    answer_waiting();
  });
}

} // namespace troupe::test
