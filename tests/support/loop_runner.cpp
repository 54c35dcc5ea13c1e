#include "tests/support/loop_runner.hpp"

#include <stdexcept>

namespace troupe::test {

loop_runner::loop_runner(api_world& world, maker make)
    : world_(world), make_(std::move(make)) {
  // nop
}

void loop_runner::restart() {
  loop_.reset();
  answers_.clear();
  seen_.reset();
  wake_at_.reset();
}

bool loop_runner::step() {
  if (fails(2))
    restart();
  const bool due = wake_at_ && *wake_at_ <= world_.mono;
  if (idle() && !due)
    return false;
  if (!loop_)
    loop_ = make_();
  bool fresh = seen_ == nullptr || !faults_;
  std::vector<control::loop_input> inputs;
  if (!answers_.empty() && !fails(30)) {
    fresh =
        fresh || std::holds_alternative<control::read_ended>(answers_.front());
    inputs.push_back(std::move(answers_.front()));
    answers_.pop_front();
  }
  seen_ = choose_view(fresh);
  auto effects = loop_->step(now(), seen_, std::move(inputs));
  for (auto& effect : effects.calls)
    call(effect);
  if (effects.read)
    answers_.push_back(control::read_ended{
        cut_off || fails(10) ? store::barrier_outcome::timed_out
                             : store::barrier_outcome::reached});
  for (auto& line : effects.warnings)
    warnings.push_back(std::move(line));
  wake_at_ = effects.wake_at;
  return true;
}

control::moment loop_runner::now() {
  auto out = world_.now();
  out.wall += wall_skew;
  if (unique_times)
    out.wall += std::chrono::nanoseconds{++steps_};
  return out;
}

bool loop_runner::has_news() const {
  return seen_ == nullptr
         || (!cut_off && seen_->applied() < world_.store.current()->applied());
}

void loop_runner::settle() {
  for (int steps = 0; step(); ++steps)
    if (steps > 200'000)
      throw std::runtime_error{"the loop never comes to rest"};
}

std::shared_ptr<const store::store_snapshot>
loop_runner::choose_view(bool fresh) {
  auto newest = world_.store.current();
  if (history_.empty() || history_.back()->applied() < newest->applied())
    history_.push_back(newest);
  if (cut_off && seen_ != nullptr)
    return seen_;
  if (fresh || !faults_ || faults_->chance(30))
    return newest;
  auto chosen = history_[faults_->below(history_.size())];
  const bool older = seen_ != nullptr && chosen->applied() < seen_->applied();
  return older ? seen_ : chosen;
}

void loop_runner::call(control::call_effect& effect) {
  api::response lost;
  lost.status = api::timeout("lost", 0);
  const auto answer = [&](api::response what) {
    answers_.push_back(control::call_answered{effect.ticket, std::move(what)});
  };
  if (on_call)
    on_call(effect.request);
  if (cut_off || fails(10))
    return answer(lost);
  if (auto no = refuse ? refuse(effect.request) : std::nullopt)
    return answer(std::move(*no));
  if (before_write)
    before_write(effect.request);
  auto heard = world_.call(std::move(effect.request));
  const bool lose = answers_to_lose > 0;
  answers_to_lose -= lose;
  answer(lose || fails(10) ? lost : std::move(heard));
}

std::string describe(const api::request& request) {
  const auto& target = request.target;
  return std::string{to_string(request.verb)} + " "
         + control::make_key(target.group, target.resource, target.ns,
                             target.name)
         + (target.subresource.empty() ? "" : " ") + target.subresource;
}

} // namespace troupe::test
