#pragma once

#include <mutex>
#include <utility>

namespace troupe {

/// A value behind a lock of its own, for what several threads share and none
/// owns. The lock is held only while the given function runs, so that function
/// must be short and must not touch another guarded value.
template <class T>
class guarded {
public:
  guarded() = default;

  explicit guarded(T value) : value_{std::move(value)} {}

  template <class F>
  decltype(auto) with(F&& use) {
    std::lock_guard lock{mutex_};
    return std::forward<F>(use)(value_);
  }

  template <class F>
  decltype(auto) with(F&& use) const {
    std::lock_guard lock{mutex_};
    return std::forward<F>(use)(value_);
  }

private:
  mutable std::mutex mutex_;
  T value_{};
};

} // namespace troupe
