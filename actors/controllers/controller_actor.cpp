#include "actors/controllers/controller_actor.hpp"

#include "messages/base/overload.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/reply.hpp"

#include <algorithm>

namespace troupe::controllers {

namespace {

/// Nobody else posts to a controller, and what its callbacks send is bounded by
/// the writes under way.
constexpr std::size_t mailbox_max = controller_core::answers_max;

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

controller_actor::controller_actor(
    caf::actor_config& config,
    std::shared_ptr<actors::door<controller_input>> entrance,
    controller_spec spec, controller_ports ports)
    : actors::input_actor<controller_input>(config, std::move(entrance)),
      spec_(std::move(spec)), ports_(std::move(ports)) {
  // nop
}

void controller_actor::begin() {
  core_ = std::make_unique<controller_core>(spec_, ports_.random());
  events_ = std::make_unique<events::event_recorder>(
      *ports_.api,
      events::event_source{
          spec_.reporter, {}, control::identity_of(spec_.name)},
      ports_.wall_now, ports_.mono_now);
  news_ = std::make_shared<std::atomic<bool>>(false);
  auto told = [news = news_, self = to_self(),
               prefixes = spec_.watches.prefixes](const auto& batch) {
    if (concerns(prefixes, batch) && !news->exchange(true))
      self(view_changed{});
  };
  subscription_ = ports_.store->subscribe(std::move(told)).second;
  step();
}

void controller_actor::on_exit() {
  subscription_.reset();
  core_.reset();
  events_.reset();
}

void controller_actor::handle(controller_input& input) {
  std::visit(overload{
                 [](view_changed&) {},
                 [](moment_came&) {},
                 [this](auto& what) { inputs_.push_back(std::move(what)); },
             },
             input);
}

void controller_actor::idle() {
  step();
}

void controller_actor::step() {
  // Cleared before the view is taken: what is applied later tells again.
  news_->store(false);
  auto effects =
      core_->step({ports_.mono_now(), ports_.wall_now()},
                  ports_.store->current(), std::exchange(inputs_, {}));
  for (const auto& line : effects.warnings)
    log_warning(spec_.name, line);
  for (auto& effect : effects.writes)
    write(effect);
  for (const auto& effect : effects.events)
    events_->record(effect.about, effect.note);
  if (effects.read)
    read();
  if (effects.wake_at)
    wake(*effects.wake_at);
}

void controller_actor::write(write_effect& effect) {
  auto answer = [self = to_self(),
                 ticket = effect.ticket](api::response response) {
    self(write_answered{ticket, std::move(response)});
  };
  reply<api::response> once{std::move(answer), lost()};
  ports_.api->call(std::move(effect.request),
                   ports_.mono_now() + ports_.call_timeout, once);
}

void controller_actor::read() {
  ports_.store->read_index(
      ports_.mono_now() + ports_.call_timeout,
      [self = to_self()](auto outcome) { self(read_ended{outcome}); });
}

void controller_actor::wake(mono_time at) {
  const auto mono = ports_.mono_now();
  if (wake_at_ && *wake_at_ > mono && *wake_at_ <= at)
    return;
  wake_at_ = at;
  later(std::max(at - mono, duration{}), moment_came{});
}

actors::child_spec controller_child(const std::string& parent,
                                    controller_spec spec,
                                    controller_ports ports) {
  auto entrance = std::make_shared<actors::door<controller_input>>(
      parent + "/" + spec.name, "controller", mailbox_max);
  auto spawn = [=](caf::event_based_actor& supervisor) -> caf::actor {
    return supervisor.spawn<controller_actor>(entrance, spec, ports);
  };
  return {entrance, std::move(spawn)};
}

} // namespace troupe::controllers
