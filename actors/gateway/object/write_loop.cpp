#include "actors/gateway/object/write_loop.hpp"

#include "messages/base/check.hpp"
#include "messages/base/overload.hpp"
#include "messages/meta/names.hpp"

#include <algorithm>
#include <cstring>

namespace troupe::gateway {

namespace {

constexpr duration pause_min = std::chrono::milliseconds{5};
constexpr duration pause_max = std::chrono::milliseconds{500};
constexpr int retry_after_seconds = 1;

std::uint64_t
random_number(const std::function<std::array<std::uint8_t, 16>()>& random_id) {
  const auto octets = random_id();
  std::uint64_t out;
  std::memcpy(&out, octets.data(), sizeof out);
  return out;
}

/// One write on its way. Kept alive by whoever it waits for; one thread at a
/// time runs it, because it waits for one thing at a time.
class write_loop : public std::enable_shared_from_this<write_loop> {
public:
  write_loop(const writer_ports& ports, write_task task, object_done done)
      : ports_{ports}, task_{std::move(task)}, done_{std::move(done)},
        stamps_{ports_.wall_now(), meta::uuid_text(ports_.random_id()),
                [random = ports_.random_id] { return random_number(random); },
                ports_.service_ranges},
        begun_{ports_.mono_now()} {}

  void decide() {
    auto decision = task_.step(*ports_.store->current(), stamps_);
    if (!fresh_ && (decision.ops.empty() || task_.dry_run))
      return refresh();
    if (ports_.mono_now() < begun_ + decision.patience && !out_of_time())
      return pause(&write_loop::decide);
    if (decision.ops.empty() || task_.dry_run)
      return finish(std::move(decision.answer));
    answer_ = std::move(decision.answer);
    proposal_ = {store::proposal_id{ports_.random_id()}, proposal_deadline(),
                 task_.fence, std::move(decision.guards),
                 std::move(decision.ops)};
    propose();
  }

private:
  using self_ptr = std::shared_ptr<write_loop>;

  bool out_of_time() const { return ports_.mono_now() >= task_.deadline; }

  /// The deadline as the leader's wall clock reads it.
  wall_time proposal_deadline() const {
    return ports_.wall_now() + (task_.deadline - ports_.mono_now());
  }

  /// Goes on with `next` where the store's answer may be worked on.
  void resume(std::function<void()> next) {
    if (ports_.resume)
      ports_.resume(std::move(next));
    else
      next();
  }

  void refresh() {
    if (out_of_time())
      return give_up();
    ports_.store->read_index(task_.deadline,
                             [self = shared_from_this()](auto outcome) {
                               self->resume([=] { self->heard(outcome); });
                             });
  }

  void heard(store::barrier_outcome outcome) {
    leaderless_ = outcome == store::barrier_outcome::unavailable;
    if (outcome != store::barrier_outcome::reached)
      return pause(&write_loop::refresh);
    fresh_ = true;
    decide();
  }

  void propose() {
    if (out_of_time())
      return give_up();
    ports_.store->propose(proposal_, [self = shared_from_this()](auto outcome) {
      self->resume(
          [self, outcome = std::move(outcome)] { self->heard(outcome); });
    });
  }

  void heard(const store::propose_outcome& outcome) {
    std::visit(overload{
                   [&](const store::committed& x) { written(x); },
                   [&](const store::guard_failed&) { look_again(); },
                   [&](const store::not_leader&) {
                     leaderless_ = true;
                     pause(&write_loop::propose);
                   },
                   [&](const store::outcome_unknown&) {
                     maybe_written_ = true;
                     pause(&write_loop::propose);
                   },
                   [&](const store::outcome_compacted&) { time_out(); },
                   [&](const store::proposal_expired&) { time_out(); },
                   [&](const store::overloaded& x) { overloaded(x); },
                   [&](const store::fenced_off& x) { fenced_off(x); },
               },
               outcome);
  }

  void written(const store::committed& outcome) {
    TROUPE_CHECK(outcome.ops.size() == proposal_.ops.size(),
                 "a commit tells the outcome of every op");
    answer_.revision = outcome.ops.front().at.value();
    finish(std::move(answer_));
  }

  /// Nothing was written: somebody else was faster.
  void look_again() {
    maybe_written_ = false;
    if (++attempts_ >= task_.attempts_max)
      return finish(refuse(task_.conflict));
    fresh_ = false;
    refresh();
  }

  /// Nothing was written, and an attempt of before that is still on its way
  /// meets the same fence.
  void fenced_off(const store::fenced_off& by) {
    TROUPE_CHECK(task_.fence.has_value(), "only what is fenced is fenced off");
    auto out = refuse(api::fenced_off(
        task_.fence->name, task_.fence->epoch.value(), by.epoch.value()));
    out.fenced_off = by.epoch.value();
    finish(std::move(out));
  }

  /// An unknown outcome of before may still come true.
  void overloaded(const store::overloaded& why) {
    if (maybe_written_)
      return pause(&write_loop::propose);
    finish(refuse(api::too_many_requests(why.reason, retry_after_seconds)));
  }

  /// Goes on when something is applied, at the latest after a while.
  void pause(void (write_loop::*next)()) {
    if (out_of_time() || (ports_.ending && ports_.ending()))
      return give_up();
    const auto until = std::min(task_.deadline, ports_.mono_now() + pause_);
    pause_ = std::min(pause_ * 2, pause_max);
    ports_.store->wait_applied(ports_.store->current()->applied().next(), until,
                               [self = shared_from_this(), next](auto) {
                                 self->resume([=] { ((*self).*next)(); });
                               });
  }

  /// Without a leader nothing was tried; else it may have happened.
  void give_up() {
    if (leaderless_ && !maybe_written_)
      return finish(refuse(api::service_unavailable(
          "no leader of the cluster state answers; nothing was written",
          retry_after_seconds)));
    time_out();
  }

  void time_out() {
    finish(refuse(api::timeout("request did not complete within requested "
                               "timeout - context deadline exceeded",
                               0)));
  }

  void finish(object_answer answer) { std::exchange(done_, {})(answer); }

  writer_ports ports_;
  write_task task_;
  object_done done_;
  stamps stamps_;
  const mono_time begun_;

  bool fresh_ = false; ///< the state is as new as the call, or newer
  int attempts_ = 0;
  duration pause_ = pause_min;
  bool leaderless_ = false; ///< nobody led when last asked

  store::proposal proposal_;
  object_answer answer_;
  /// An attempt under the proposal's id ended without an outcome.
  bool maybe_written_ = false;
};

} // namespace

write_decision decline(api::status why, duration patience) {
  write_decision out;
  out.answer = refuse(std::move(why));
  out.patience = patience;
  return out;
}

void run_write(const writer_ports& ports, write_task task, object_done done) {
  std::make_shared<write_loop>(ports, std::move(task), std::move(done))
      ->decide();
}

} // namespace troupe::gateway
