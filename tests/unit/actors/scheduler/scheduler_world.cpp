#include "tests/unit/actors/scheduler/scheduler_world.hpp"

#include "messages/view/core_v1.hpp"

#include <stdexcept>

namespace troupe::test {

namespace {

std::string describe(const api::request& request) {
  const auto& target = request.target;
  const auto where = target.ns + "/" + target.name;
  if (target.subresource == "binding")
    return "bind " + where + " to "
           + std::string{view::core_v1::binding{*request.body}.target().name()};
  if (target.subresource == "status") {
    std::string out = "status " + where;
    for (const auto& one :
         view::core_v1::pod{*request.body}.status().conditions())
      out += " " + std::string{one.type()} + "=" + std::string{one.status()}
             + " " + std::string{one.reason()} + ": "
             + std::string{one.message()};
    return out;
  }
  const view::core_v1::event event{*request.body};
  auto out = std::string{to_string(request.verb)} + " event "
             + std::string{event.involved_object().name()} + " "
             + std::string{event.type()} + " " + std::string{event.reason()}
             + " " + std::string{event.action()};
  if (event.series())
    out += " x" + std::to_string(event.series().count());
  return out + ": " + std::string{event.message()};
}

} // namespace

scheduler_runner::scheduler_runner(controller_world& world) : world_(world) {
  restart();
}

void scheduler_runner::restart() {
  core_ = std::make_unique<scheduler::scheduler_core>("default-scheduler-s1",
                                                      ++incarnation_);
  answers_.clear();
  seen_.reset();
  wake_at_ = world_.mono;
}

bool scheduler_runner::step() {
  if (fails(1))
    restart();
  const auto newest = world_.store.current();
  const bool news = seen_ == nullptr || seen_->applied() < newest->applied();
  const bool due = wake_at_ && *wake_at_ <= world_.mono;
  if (!news && !due && answers_.empty())
    return false;
  bool fresh = !faults_;
  std::vector<scheduler::core_input> inputs;
  if (!answers_.empty() && !fails(30)) {
    fresh = fresh
            || std::holds_alternative<scheduler::read_ended>(answers_.front());
    inputs.push_back(std::move(answers_.front()));
    answers_.pop_front();
  }
  seen_ = choose_view(fresh);
  // Never twice the same time: it names events.
  const scheduler::moment now{world_.mono,
                              world_.wall + std::chrono::nanoseconds{++steps_}};
  auto effects = core_->step(now, seen_, std::move(inputs));
  for (auto& effect : effects.calls)
    call(effect);
  if (effects.read)
    answers_.push_back(
        scheduler::read_ended{fails(10) ? store::barrier_outcome::timed_out
                                        : store::barrier_outcome::reached});
  for (auto& line : effects.warnings)
    warnings.push_back(std::move(line));
  wake_at_ = effects.wake_at;
  return true;
}

void scheduler_runner::settle() {
  for (int steps = 0; step(); ++steps)
    if (steps > 200'000)
      throw std::runtime_error{"the scheduler never comes to rest"};
}

std::shared_ptr<const store::store_snapshot>
scheduler_runner::choose_view(bool fresh) {
  auto newest = world_.store.current();
  if (history_.empty() || history_.back()->applied() < newest->applied())
    history_.push_back(newest);
  if (fresh || !faults_ || faults_->chance(30))
    return newest;
  auto chosen = history_[faults_->below(history_.size())];
  const bool older = seen_ != nullptr && chosen->applied() < seen_->applied();
  return older ? seen_ : chosen;
}

void scheduler_runner::call(scheduler::call_effect& effect) {
  api::response lost;
  lost.status = api::timeout("lost", 0);
  calls.push_back(describe(effect.request));
  if (fails(10)) {
    answers_.push_back(scheduler::call_answered{effect.ticket, lost});
    return;
  }
  auto answer = world_.call(std::move(effect.request));
  if (fails(10))
    answer = lost;
  answers_.push_back(
      scheduler::call_answered{effect.ticket, std::move(answer)});
}

} // namespace troupe::test
