#include "node/agent/pod_actor.hpp"

#include "messages/base/overload.hpp"
#include "messages/view/core_v1.hpp"
#include "runtime/base/clock.hpp"

#include <algorithm>

namespace troupe::agent {

namespace {

constexpr duration write_patience = std::chrono::seconds{10};

std::string uid_of(const pod_ptr& pod) {
  return std::string{view::core_v1::pod{*pod}.metadata().uid()};
}

} // namespace

pod_actor::pod_actor(caf::actor_config& config,
                     std::shared_ptr<pod_door> entrance,
                     const pod_surroundings& around, pod_ptr pod,
                     std::optional<pod::refusal> refused)
    : actors::input_actor<pod_input>(config, std::move(entrance)),
      around_(around), uid_(uid_of(pod)),
      core_(std::move(pod), around.services->config.pods),
      refused_(std::move(refused)) {
  // nop
}

void pod_actor::begin() {
  auto tell = to_self();
  executor_ = std::make_shared<pod_executor>(
      *around_.services, uid_,
      [tell](pod::pod_fact fact) { tell(std::move(fact)); });
  const auto before = around_.registry->find(uid_);
  // The actor before may have died with news of the object.
  const auto heard = around_.registry->heard(uid_);
  if (heard)
    core_.changed(heard->pod, wall_now());
  executor_->adopt(
      core_.pod(), before ? before->executor : nullptr,
      [tell, refused = refused_, gone = heard && heard->gone](adoption found) {
        if (refused)
          found.facts.push_back(pod::pod_refused{*refused});
        if (gone)
          found.facts.push_back(pod::object_vanished{});
        tell(std::move(found));
      });
  later(around_.services->config.volume_refresh, volumes_look{});
  later(around_.services->config.storage_count, storage_look{});
}

void pod_actor::on_exit() {
  if (executor_)
    executor_->stop();
}

void pod_actor::handle(pod_input& input) {
  const auto now = wall_now();
  mind_clock(now);
  carry_out(std::visit(
      overload{
          [&](pod_changed& it) { return core_.changed(it.pod, now); },
          [&](pod::pod_fact& it) { return core_.take(it, now); },
          [&](adoption& it) {
            return core_.adopted(std::move(it.observed), it.facts, now);
          },
          [&](status_answer& it) {
            return core_.status_answered(it.answer, now);
          },
          [&](volumes_look&) {
            refresh_volumes();
            return pod_effects{};
          },
          [&](storage_look&) {
            count_storage();
            return pod_effects{};
          },
          [&](network_look&) {
            executor_->check_network(
                core_.pod(),
                std::make_shared<const pod::observed_pod>(core_.observed()));
            return pod_effects{};
          },
          [&](pod_look& it) { return look(it, now); },
      },
      input));
}

void pod_actor::carry_out(pod_effects effects) {
  auto observed = std::make_shared<const pod::observed_pod>(core_.observed());
  around_.registry->put(uid_, {core_.pod(), observed, executor_});
  executor_->carry_out(core_.pod(), std::move(observed),
                       std::move(effects.record), std::move(effects.actions),
                       telling(std::move(effects.events)));
  if (effects.status)
    write_status(std::move(effects.status));
  if (effects.look_again)
    look_at(*effects.look_again);
  if (effects.finished)
    around_.finished(uid_);
}

/// The events' way to the API, for when what led to them is kept.
std::function<void()> pod_actor::telling(std::vector<pod::pod_event> events) {
  if (events.empty())
    return {};
  return [recorder = around_.events, about = subject_of_pod(*core_.pod()),
          events = std::move(events)] {
    for (const auto& event : events)
      recorder->record(about, note_of(event));
  };
}

void pod_actor::write_status(std::shared_ptr<const codec::document> body) {
  const auto metadata = view::core_v1::pod{*body}.metadata();
  api::request request;
  request.verb = api::verb::update;
  request.target = {"",
                    "v1",
                    "pods",
                    "status",
                    std::string{metadata.namespace_()},
                    std::string{metadata.name()}};
  request.field_manager = "kubelet";
  request.uid = uid_;
  request.body = std::move(body);
  around_.services->api->call(std::move(request), mono_now() + write_patience,
                              [tell = to_self()](api::response answer) {
                                tell(status_answer{std::move(answer)});
                              });
}

void pod_actor::refresh_volumes() {
  const auto& observed = core_.observed();
  if (observed.volumes.phase == pod::volumes_phase::ready
      && !observed.ending_since)
    executor_->refresh_volumes(
        core_.pod(), std::make_shared<const pod::observed_pod>(observed));
  later(around_.services->config.volume_refresh, volumes_look{});
}

void pod_actor::count_storage() {
  const auto& observed = core_.observed();
  if (observed.volumes.phase == pod::volumes_phase::ready)
    executor_->count_storage(
        core_.pod(), std::make_shared<const pod::observed_pod>(observed));
  later(around_.services->config.storage_count, storage_look{});
}

void pod_actor::mind_clock(wall_time now) {
  const auto jump = clock_.look({mono_now(), now});
  if (jump == duration{})
    return;
  core_.clock_was_set(jump);
  next_look_.reset();
  carry_out(core_.look(now));
}

/// One timer is enough: the earliest. Those before it come to nothing.
void pod_actor::look_at(wall_time due) {
  if (next_look_ && *next_look_ <= due)
    return;
  next_look_ = due;
  later(std::max<duration>(due - wall_now(), std::chrono::milliseconds{1}),
        pod_look{++looks_});
}

pod_effects pod_actor::look(const pod_look& due, wall_time now) {
  if (due.number != looks_)
    return {};
  next_look_.reset();
  return core_.look(now);
}

} // namespace troupe::agent
