#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <string>
#include <utility>

namespace troupe::events {

/// Values by name; past `size_max` those used least recently are forgotten.
template <class Value>
class recent_map {
public:
  explicit recent_map(std::size_t size_max) : size_max_(size_max) {}

  /// The value of this name, made if need be. It counts as used.
  Value& operator[](const std::string& name) {
    const auto [at, is_new] = places_.try_emplace(name, used_.end());
    if (is_new) {
      used_.emplace_front(name, Value{});
      at->second = used_.begin();
    } else {
      used_.splice(used_.begin(), used_, at->second);
    }
    if (used_.size() > size_max_) {
      places_.erase(used_.back().first);
      used_.pop_back();
    }
    return used_.front().second;
  }

private:
  using entries = std::list<std::pair<std::string, Value>>;

  std::size_t size_max_;
  entries used_; ///< the latest first
  std::map<std::string, typename entries::iterator> places_;
};

} // namespace troupe::events
