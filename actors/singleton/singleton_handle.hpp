#pragma once

#include "messages/base/time_point.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>

namespace troupe::singleton {

/// A server that ends tells its singleton here, which then stops its children
/// and gives its lease back, so that another server goes on at once. It
/// outlives the actor's incarnations. Safe from any thread.
class singleton_handle {
public:
  /// From now on no incarnation is a candidate.
  void leave();

  /// Whether the lease was given back, or none was held; waits for it.
  bool wait_left(duration most);

  // The actor's side.

  /// `poke` makes the incarnation look again; empty once it has ended.
  void poke_with(std::function<void()> poke);

  bool is_leaving() const;

  void left();

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> poke_;
  bool leaving_ = false;
  bool left_ = false;
};

} // namespace troupe::singleton
