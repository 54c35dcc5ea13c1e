#include "actors/watch/watch_actor.hpp"

#include "messages/base/overload.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/entropy.hpp"

namespace troupe::watch {

watch_actor::watch_actor(caf::actor_config& config,
                         std::shared_ptr<hub_handle> handle,
                         watch_actor_config settings)
    : actors::input_actor<call>(config, handle->entrance()),
      handle_(std::move(handle)), settings_(settings),
      hub_(handle_->store().current(), random_u64(), settings_.hub) {
  // nop
}

void watch_actor::on_exit() {
  // Here, not in the destructor: a timer may keep this object for a while.
  sinks_.clear();
}

void watch_actor::begin() {
  attend();
  tick();
}

void watch_actor::handle(call& input) {
  std::visit(overload{
                 [this](open_call& what) { open(what); },
                 [](wake_call&) { /* idle() follows */ },
                 [this](tick_call&) { tick(); },
             },
             input);
}

void watch_actor::idle() {
  attend();
}

void watch_actor::open(open_call& what) {
  if (*what.left)
    return what.sink.end(watch_end::closed);
  // What the opener has seen committed must be covered.
  catch_up();
  sinks_.emplace(what.id, std::move(what.sink));
  carry_out(hub_.add(what.id, std::move(what.request), mono_now()));
}

void watch_actor::tick() {
  carry_out(hub_.tick(mono_now()));
  later(settings_.tick, tick_call{});
}

/// Answers the bell: first whoever left, then the store's news.
void watch_actor::attend() {
  for (auto id : handle_->bell().answer())
    end(id, watch_end::closed);
  catch_up();
}

void watch_actor::catch_up() {
  carry_out(hub_.advance(handle_->store().current()));
}

void watch_actor::carry_out(const hub_output& what) {
  for (const auto& one : what.sends)
    if (!sinks_.at(one.to).deliver(what.batch(one)))
      end(one.to, watch_end::overflow);
  for (const auto& one : what.finishes)
    end(one.who, one.why);
}

void watch_actor::end(watch_id who, watch_end why) {
  hub_.remove(who);
  // Not there: it ended earlier, or belonged to the incarnation before.
  if (auto found = sinks_.extract(who))
    found.mapped().end(why);
}

} // namespace troupe::watch
