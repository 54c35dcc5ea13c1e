#include "actors/scheduler/scheduler_actor.hpp"

#include "messages/base/overload.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/reply.hpp"

#include <algorithm>

namespace troupe::scheduler {

namespace {

/// Nobody else posts here, and what its callbacks send is bounded by the calls
/// under way.
constexpr std::size_t mailbox_max = scheduler_core::answers_max;

bool concerns(const std::vector<std::string>& prefixes,
              const store::applied_batch& batch) {
  const auto watched = [&](const auto& event) {
    return std::any_of(
        prefixes.begin(), prefixes.end(),
        [&](const auto& prefix) { return event.key.starts_with(prefix); });
  };
  return batch.jumped
         || std::any_of(batch.events.begin(), batch.events.end(), watched);
}

api::response lost() {
  api::response out;
  out.status = api::service_unavailable("the request was dropped");
  return out;
}

} // namespace

scheduler_actor::scheduler_actor(
    caf::actor_config& config,
    std::shared_ptr<actors::door<scheduler_input>> entrance,
    std::string instance, scheduler_ports ports)
    : actors::input_actor<scheduler_input>(config, std::move(entrance)),
      instance_(std::move(instance)), ports_(std::move(ports)) {
  // nop
}

void scheduler_actor::begin() {
  core_ = std::make_unique<scheduler_core>(instance_, ports_.random());
  news_ = std::make_shared<std::atomic<bool>>(false);
  auto told = [news = news_, self = to_self(),
               prefixes = scheduler_core::prefixes()](const auto& batch) {
    if (concerns(prefixes, batch) && !news->exchange(true))
      self(view_changed{});
  };
  subscription_ = ports_.store->subscribe(std::move(told)).second;
  step();
}

void scheduler_actor::on_exit() {
  subscription_.reset();
  core_.reset();
}

void scheduler_actor::handle(scheduler_input& input) {
  std::visit(overload{
                 [](view_changed&) {},
                 [](moment_came&) {},
                 [this](auto& what) { inputs_.push_back(std::move(what)); },
             },
             input);
}

void scheduler_actor::idle() {
  step();
}

void scheduler_actor::step() {
  // Cleared before the view is taken: what is applied later tells again.
  news_->store(false);
  auto effects =
      core_->step({ports_.mono_now(), ports_.wall_now()},
                  ports_.store->current(), std::exchange(inputs_, {}));
  for (const auto& line : effects.warnings)
    log_warning("scheduler", line);
  for (auto& effect : effects.calls)
    call(effect);
  if (effects.read)
    read();
  if (effects.wake_at)
    wake(*effects.wake_at);
}

void scheduler_actor::call(call_effect& effect) {
  auto answer = [self = to_self(),
                 ticket = effect.ticket](api::response response) {
    self(call_answered{ticket, std::move(response)});
  };
  reply<api::response> once{std::move(answer), lost()};
  ports_.api->call(std::move(effect.request),
                   ports_.mono_now() + ports_.call_timeout, once);
}

void scheduler_actor::read() {
  ports_.store->read_index(
      ports_.mono_now() + ports_.call_timeout,
      [self = to_self()](auto outcome) { self(read_ended{outcome}); });
}

void scheduler_actor::wake(mono_time at) {
  const auto mono = ports_.mono_now();
  if (wake_at_ && *wake_at_ > mono && *wake_at_ <= at)
    return;
  wake_at_ = at;
  later(std::max(at - mono, duration{}), moment_came{});
}

actors::child_spec scheduler_child(const std::string& member,
                                   scheduler_ports ports) {
  auto entrance = std::make_shared<actors::door<scheduler_input>>(
      "/server/" + member + "/scheduler/queue", "scheduler", mailbox_max);
  auto spawn = [=, instance = std::string{scheduler_name} + "-" + member](
                   caf::event_based_actor& supervisor) -> caf::actor {
    return supervisor.spawn<scheduler_actor>(entrance, instance, ports);
  };
  return {entrance, std::move(spawn)};
}

} // namespace troupe::scheduler
