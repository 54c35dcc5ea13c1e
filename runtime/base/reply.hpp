#pragma once

#include <functional>
#include <memory>
#include <utility>

namespace troupe {

/// A promise to answer exactly once. Destroyed unanswered (its actor died with
/// the request in the mailbox, a queue was dropped) it answers with the value
/// that means "no reply". Copies share the one answer.
template <class T>
class reply {
public:
  reply() = default;

  reply(std::function<void(T)> answer, T when_lost)
      : state_(
          std::make_shared<state>(std::move(answer), std::move(when_lost))) {
    // nop
  }

  /// Answers; a second call does nothing.
  void operator()(T value) const {
    if (state_)
      state_->give(std::move(value));
  }

private:
  struct state {
    state(std::function<void(T)> answer, T when_lost)
        : answer_(std::move(answer)), when_lost_(std::move(when_lost)) {}

    ~state() { give(std::move(when_lost_)); }

    void give(T value) {
      if (auto answer = std::exchange(answer_, nullptr))
        answer(std::move(value));
    }

    std::function<void(T)> answer_;
    T when_lost_;
  };

  std::shared_ptr<state> state_;
};

} // namespace troupe
