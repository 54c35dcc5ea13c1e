#include "actors/state/state_handle.hpp"

#include "runtime/base/log.hpp"

#include <map>

namespace troupe::state {

struct state_handle::subscribers {
  std::mutex mutex;
  std::uint64_t last_id = 0;
  std::map<std::uint64_t, std::function<void(const store::applied_batch&)>>
      callbacks;
};

namespace {

/// Removes a callback; waits while it runs.
template <class Subscribers>
class registration final : public store::subscription {
public:
  registration(std::shared_ptr<Subscribers> owner, std::uint64_t id)
      : owner_(std::move(owner)), id_(id) {
    // nop
  }

  ~registration() override {
    std::lock_guard guard{owner_->mutex};
    owner_->callbacks.erase(id_);
  }

private:
  std::shared_ptr<Subscribers> owner_;
  std::uint64_t id_;
};

} // namespace

state_handle::state_handle(std::shared_ptr<actors::door<call>> entrance)
    : entrance_(std::move(entrance)), current_(store::store_fsm{}.snapshot()),
      subscribers_(std::make_shared<subscribers>()),
      standing_(std::make_shared<const state::standing>()) {
  // nop
}

std::shared_ptr<const store::store_snapshot> state_handle::current() const {
  return current_.load();
}

void state_handle::propose(store::proposal value,
                           std::function<void(store::propose_outcome)> done) {
  // A call that never reaches the actor was surely not carried out.
  reply<store::propose_outcome> lost{done, store::outcome_unknown{}};
  if (!entrance_->post(propose_call{std::move(value), lost}))
    lost(store::overloaded{"the state replica is not running"});
}

void state_handle::raise(store::raise_fence value, wall_time deadline,
                         std::function<void(store::propose_outcome)> done) {
  reply<store::propose_outcome> lost{done, store::outcome_unknown{}};
  if (!entrance_->post(raise_call{std::move(value), deadline, lost}))
    lost(store::overloaded{"the state replica is not running"});
}

void state_handle::read_index(
    mono_time deadline, std::function<void(store::barrier_outcome)> done) {
  entrance_->post(read_call{
      deadline, {std::move(done), store::barrier_outcome::unavailable}});
}

void state_handle::wait_applied(
    store::revision at, mono_time deadline,
    std::function<void(store::barrier_outcome)> done) {
  if (current()->applied() >= at)
    return done(store::barrier_outcome::reached);
  entrance_->post(wait_call{
      at, deadline, {std::move(done), store::barrier_outcome::unavailable}});
}

std::pair<std::shared_ptr<const store::store_snapshot>,
          std::unique_ptr<store::subscription>>
state_handle::subscribe(
    std::function<void(const store::applied_batch&)> on_batch) {
  std::lock_guard guard{subscribers_->mutex};
  const auto id = ++subscribers_->last_id;
  subscribers_->callbacks.emplace(id, std::move(on_batch));
  return {current(),
          std::make_unique<registration<subscribers>>(subscribers_, id)};
}

void state_handle::hear(const raft::member_id& from, bytes_view octets) {
  auto message = decode_replica_message(octets);
  if (!message)
    return log_warning("state",
                       "from " + from.value() + ": " + message.error().message);
  if (sender_of(*message) == from)
    entrance_->post(peer_call{std::move(*message)});
}

void state_handle::step_down(duration patience) {
  const auto before = standing_.load();
  if (before->role != raft::role::leader || !entrance_->post(resign_call{}))
    return;
  std::unique_lock lock{standing_mutex_};
  standing_changed_.wait_for(lock, patience, [&] {
    const auto now = standing_.load();
    return now->role != raft::role::leader && !now->leader.value().empty();
  });
}

void state_handle::tell(const raft::role_changed& now) {
  standing_.store(std::make_shared<const state::standing>(
      state::standing{now.role, now.term, now.leader}));
  {
    std::lock_guard lock{standing_mutex_};
    standing_changed_.notify_all();
  }
  const auto& leader = now.leader.value();
  log_info("state", std::string{to_string(now.role)} + " in term "
                        + std::to_string(now.term.value())
                        + (leader.empty() ? "" : ", " + leader + " leads"));
}

void state_handle::publish(const state::publish& news) {
  std::lock_guard guard{subscribers_->mutex};
  const auto told = current()->applied();
  // A replay after a restart has nothing new until it passes what was told.
  if (news.view->applied() < told)
    return;
  current_.store(news.view);
  store::applied_batch batch{news.view, {}};
  for (const auto& event : news.events)
    if (event.now->modified > told)
      batch.events.push_back(event);
  // Every write has a revision of its own: a gap came from a raft snapshot.
  const auto first = batch.events.empty() ? news.view->applied().next()
                                          : batch.events.front().now->modified;
  batch.jumped = first > told.next();
  if (batch.events.empty() && !batch.jumped)
    return;
  for (const auto& [id, callback] : subscribers_->callbacks)
    callback(batch);
}

ticket state_handle::enter(reply<store::propose_outcome> done) {
  last_ticket_ = last_ticket_.next();
  proposals_.emplace(last_ticket_, std::move(done));
  return last_ticket_;
}

ticket state_handle::enter(reply<store::barrier_outcome> done) {
  last_ticket_ = last_ticket_.next();
  barriers_.emplace(last_ticket_, std::move(done));
  return last_ticket_;
}

void state_handle::answer(const answer_proposal& what) {
  if (auto call = proposals_.extract(what.tag))
    call.mapped()(what.outcome);
}

void state_handle::answer(const answer_barrier& what) {
  if (auto call = barriers_.extract(what.tag))
    call.mapped()(what.outcome);
}

void state_handle::forget_calls() {
  proposals_.clear();
  barriers_.clear();
}

} // namespace troupe::state
