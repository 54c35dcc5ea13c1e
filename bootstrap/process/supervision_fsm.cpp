#include "bootstrap/process/supervision_fsm.hpp"

#include "messages/base/overload.hpp"

namespace troupe::process {

using enum supervision_effect;

std::vector<supervision_effect> supervision_fsm::begin(mono_time now) {
  state_ = running{now};
  return {start_process};
}

std::vector<supervision_effect>
supervision_fsm::step(const supervision_input& input, mono_time now) {
  return std::visit(overload{
                        [&](process_ended) { return on_end(now); },
                        [&](stop_requested) { return on_stop(now); },
                        [&](time_passed) { return on_time(now); },
                    },
                    input);
}

std::optional<mono_time> supervision_fsm::deadline() const {
  if (const auto* it = std::get_if<waiting>(&state_))
    return it->until;
  if (const auto* it = std::get_if<stopping>(&state_); it && !it->killed)
    return it->kill_at;
  return std::nullopt;
}

supervision_fsm::effects supervision_fsm::on_end(mono_time now) {
  if (std::holds_alternative<stopping>(state_)) {
    state_ = finished_state{};
    return {finish};
  }
  const auto* ran = std::get_if<running>(&state_);
  if (!ran)
    return {};
  if (now - ran->since >= config_.well_after)
    failures_ = 0;
  state_ = waiting{now + config_.backoff.delay(failures_)};
  ++failures_;
  return {};
}

supervision_fsm::effects supervision_fsm::on_stop(mono_time now) {
  if (std::holds_alternative<running>(state_)) {
    state_ = stopping{now + config_.stop_timeout};
    return {terminate_process};
  }
  if (std::holds_alternative<waiting>(state_)) {
    state_ = finished_state{};
    return {finish};
  }
  return {};
}

supervision_fsm::effects supervision_fsm::on_time(mono_time now) {
  if (const auto* it = std::get_if<waiting>(&state_); it && now >= it->until) {
    ++restarts_;
    state_ = running{now};
    return {start_process};
  }
  auto* it = std::get_if<stopping>(&state_);
  if (it && !it->killed && now >= it->kill_at) {
    it->killed = true;
    return {kill_process};
  }
  return {};
}

} // namespace troupe::process
