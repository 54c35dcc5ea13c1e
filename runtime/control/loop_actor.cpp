#include "runtime/control/loop_actor.hpp"

#include "messages/base/overload.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/reply.hpp"

#include <algorithm>

namespace troupe::control {

namespace {

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

loop_actor::loop_actor(caf::actor_config& config,
                       std::shared_ptr<actors::door<loop_message>> entrance,
                       loop_spec spec, loop_ports ports)
    : actors::input_actor<loop_message>(config, std::move(entrance)),
      spec_(std::move(spec)), ports_(std::move(ports)) {
  // nop
}

void loop_actor::begin() {
  loop_ = spec_.make(ports_);
  news_ = std::make_shared<std::atomic<bool>>(false);
  auto told = [news = news_, self = to_self(),
               prefixes = spec_.prefixes](const auto& batch) {
    if (concerns(prefixes, batch) && !news->exchange(true))
      self(view_changed{});
  };
  subscription_ = ports_.store->subscribe(std::move(told)).second;
  step();
}

void loop_actor::on_exit() {
  subscription_.reset();
  loop_.reset();
}

void loop_actor::handle(loop_message& input) {
  std::visit(overload{
                 [](view_changed&) {},
                 [](moment_came&) {},
                 [this](auto& what) { inputs_.push_back(std::move(what)); },
             },
             input);
}

void loop_actor::idle() {
  step();
}

void loop_actor::step() {
  // Cleared before the view is taken: what is applied later tells again.
  news_->store(false);
  auto effects =
      loop_->step({ports_.mono_now(), ports_.wall_now()},
                  ports_.store->current(), std::exchange(inputs_, {}));
  for (const auto& line : effects.warnings)
    log_warning(spec_.name, line);
  for (auto& effect : effects.calls)
    call(effect);
  if (effects.read)
    read();
  if (effects.wake_at)
    wake(*effects.wake_at);
}

void loop_actor::call(call_effect& effect) {
  auto answer = [self = to_self(),
                 ticket = effect.ticket](api::response response) {
    self(call_answered{ticket, std::move(response)});
  };
  reply<api::response> once{std::move(answer), lost()};
  ports_.api->call(std::move(effect.request),
                   ports_.mono_now() + ports_.call_timeout, once);
}

void loop_actor::read() {
  ports_.store->read_index(
      ports_.mono_now() + ports_.call_timeout,
      [self = to_self()](auto outcome) { self(read_ended{outcome}); });
}

void loop_actor::wake(mono_time at) {
  const auto mono = ports_.mono_now();
  if (wake_at_ && *wake_at_ > mono && *wake_at_ <= at)
    return;
  wake_at_ = at;
  later(std::max(at - mono, duration{}), moment_came{});
}

actors::child_spec loop_child(loop_spec spec, loop_ports ports) {
  auto entrance = std::make_shared<actors::door<loop_message>>(
      spec.address, spec.kind, spec.answers_max);
  auto spawn = [=](caf::event_based_actor& supervisor) -> caf::actor {
    return supervisor.spawn<loop_actor>(entrance, spec, ports);
  };
  return {entrance, std::move(spawn)};
}

} // namespace troupe::control
