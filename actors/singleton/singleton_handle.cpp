#include "actors/singleton/singleton_handle.hpp"

#include <utility>

namespace troupe::singleton {

void singleton_handle::leave() {
  std::lock_guard lock{mutex_};
  leaving_ = true;
  if (poke_)
    poke_();
}

bool singleton_handle::wait_left(duration most) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, most, [this] { return left_; });
}

void singleton_handle::poke_with(std::function<void()> poke) {
  std::lock_guard lock{mutex_};
  poke_ = std::move(poke);
}

bool singleton_handle::is_leaving() const {
  std::lock_guard lock{mutex_};
  return leaving_;
}

void singleton_handle::left() {
  std::lock_guard lock{mutex_};
  left_ = true;
  changed_.notify_all();
}

} // namespace troupe::singleton
