#include "runtime/caf/door.hpp"

namespace troupe::actors {

std::string_view to_string(actor_state state) {
  switch (state) {
    case actor_state::starting:
      return "starting";
    case actor_state::running:
      return "running";
    case actor_state::backing_off:
      return "backing-off";
    case actor_state::stopped:
      break;
  }
  return "stopped";
}

door_base::door_base(std::string address, std::string kind,
                     std::size_t mailbox_max)
    : address_(std::move(address)), kind_(std::move(kind)),
      mailbox_max_(mailbox_max) {
  // nop
}

void door_base::attach(caf::actor actor, std::shared_ptr<workload> work,
                       mono_time now) {
  std::lock_guard guard{mutex_};
  actor_ = std::move(actor);
  workload_ = std::move(work);
  state_ = actor_state::running;
  since_ = now;
  ++incarnations_;
}

void door_base::detach(actor_state state) {
  std::lock_guard guard{mutex_};
  actor_ = nullptr;
  workload_.reset();
  state_ = state;
}

caf::actor door_base::current() const {
  std::lock_guard guard{mutex_};
  return actor_;
}

caf::actor door_base::admit() {
  std::lock_guard guard{mutex_};
  if (!actor_)
    return {};
  if (workload_->waiting >= mailbox_max_) {
    ++dropped_;
    return {};
  }
  ++workload_->waiting;
  return actor_;
}

door_report door_base::report(mono_time now) const {
  std::lock_guard guard{mutex_};
  door_report out;
  out.address = address_;
  out.kind = kind_;
  out.state = state_;
  out.restarts = incarnations_ > 0 ? incarnations_ - 1 : 0;
  out.dropped = dropped_;
  if (workload_) {
    out.waiting = workload_->waiting;
    out.handled = workload_->handled;
    out.uptime = now - since_;
  }
  return out;
}

} // namespace troupe::actors
