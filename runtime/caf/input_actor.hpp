#pragma once

#include "runtime/caf/door.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>

#include <functional>

namespace troupe::actors {

/// Base of the shells: an actor that takes `Input` values through its door and
/// counts them. Subclasses implement `handle`; one that needs the whole batch
/// that is waiting (group commit) also implements `idle`, which runs once the
/// mailbox as it stood has been handled. Exceptions stop the actor; its
/// supervisor starts a new one.
template <class Input>
class input_actor : public caf::event_based_actor {
public:
  input_actor(caf::actor_config& config, std::shared_ptr<door<Input>> entrance)
      : caf::event_based_actor(config), door_(std::move(entrance)) {
    // nop
  }

  const char* name() const override { return door_->kind().c_str(); }

protected:
  caf::behavior make_behavior() override {
    return {
        [this](const local<Input>& message) {
          if (workload_)
            --workload_->waiting;
          take(*message.input);
        },
        [this](const local<own>& message) { take(message.input->value); },
        [this](const local<drained>&) {
          drain_requested_ = false;
          idle();
        },
        [this](const local<std::shared_ptr<workload>>& message) {
          workload_ = *message.input;
          begin();
        },
    };
  }

  /// Runs first, once the incarnation is in place.
  virtual void begin() {}

  virtual void handle(Input& input) = 0;

  /// Runs after the messages that were waiting have been handled.
  virtual void idle() {}

  /// Handles `input` after `delay`: a message to itself, which never waited at
  /// the door and so does not count there.
  void later(duration delay, Input input) {
    this->delayed_send(
        this, delay, local<own>{std::make_shared<own>(own{std::move(input)})});
  }

  /// For callbacks: hands this incarnation an input, from any thread; like
  /// `later` it does not count. Once the incarnation has ended it does nothing.
  std::function<void(Input)> to_self() {
    return [address = caf::actor_cast<caf::weak_actor_ptr>(this)](Input input) {
      if (auto self = address.lock())
        caf::anon_send(
            caf::actor_cast<caf::actor>(self),
            local<own>{std::make_shared<own>(own{std::move(input)})});
    };
  }

  const std::shared_ptr<door<Input>>& entrance() const { return door_; }

private:
  struct drained {};

  struct own {
    Input value;
  };

  void take(Input& input) {
    if (workload_)
      ++workload_->handled;
    handle(input);
    if (drain_requested_)
      return;
    drain_requested_ = true;
    this->send(this, local<drained>{std::make_shared<drained>()});
  }

  std::shared_ptr<door<Input>> door_;
  std::shared_ptr<workload> workload_;
  bool drain_requested_ = false;
};

} // namespace troupe::actors
