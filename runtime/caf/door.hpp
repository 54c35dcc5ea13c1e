#pragma once

#include "runtime/caf/door_report.hpp"

#include <caf/actor.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace troupe::actors {

/// A message that stays in this process: shared, never serialised.
template <class Input>
struct local {
  std::shared_ptr<Input> input;
};

/// What one incarnation of an actor has to do and has done.
struct workload {
  std::atomic<std::uint64_t> waiting = 0;
  std::atomic<std::uint64_t> handled = 0;
};

/// The stable address of an actor that may be killed and started again. The
/// supervisor attaches each incarnation; everybody else posts through the
/// door. Safe from any thread.
class door_base {
public:
  door_base(std::string address, std::string kind, std::size_t mailbox_max);
  virtual ~door_base() = default;

  const std::string& address() const noexcept { return address_; }

  const std::string& kind() const noexcept { return kind_; }

  /// A new incarnation takes over and counts its work in `work`. It must have
  /// been sent its beginning before: from now on anybody may post.
  void attach(caf::actor actor, std::shared_ptr<workload> work, mono_time now);

  /// The incarnation ended.
  void detach(actor_state state);

  /// The standing incarnation, or an invalid handle.
  caf::actor current() const;

  door_report report(mono_time now) const;

protected:
  /// Counts a message in and returns where it goes; invalid when there is no
  /// incarnation or its mailbox is full.
  caf::actor admit();

private:
  const std::string address_;
  const std::string kind_;
  const std::size_t mailbox_max_;
  mutable std::mutex mutex_;
  caf::actor actor_;
  std::shared_ptr<workload> workload_;
  actor_state state_ = actor_state::starting;
  mono_time since_{};
  std::uint64_t incarnations_ = 0;
  std::atomic<std::uint64_t> dropped_ = 0;
};

/// A door that takes `Input` values.
template <class Input>
class door : public door_base {
public:
  using door_base::door_base;

  /// Hands `input` to the actor; false (and `input` is destroyed) when it is
  /// down or has `mailbox_max` messages waiting. Delivery is at most once: an
  /// incarnation that dies takes its mailbox with it. What must hear of that
  /// owns a `reply` (runtime/base), which answers when it is destroyed.
  bool post(Input input) {
    auto to = admit();
    if (!to)
      return false;
    caf::anon_send(to, local<Input>{std::make_shared<Input>(std::move(input))});
    return true;
  }
};

} // namespace troupe::actors

/// Local messages need no inspection: they never leave the process.
namespace caf {

template <class Input>
struct allowed_unsafe_message_type<troupe::actors::local<Input>>
    : std::true_type {};

} // namespace caf
