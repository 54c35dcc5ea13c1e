#include "runtime/control/work_queue.hpp"

#include "messages/base/check.hpp"

namespace troupe::control {

void work_queue::add(const object_key& key) {
  if (!dirty_.insert(key).second)
    return;
  if (!working_.contains(key))
    waiting_.push_back(key);
}

void work_queue::add_after(const object_key& key, mono_time when) {
  const auto [at, fresh] = moment_.emplace(key, when);
  if (!fresh) {
    if (at->second <= when)
      return;
    later_.erase({at->second, key});
    at->second = when;
  }
  later_.insert({when, key});
}

void work_queue::retry(const object_key& key, mono_time now,
                       std::uint64_t random) {
  const auto delay = retry_backoff.delay(failures_[key]++);
  const auto spread = static_cast<std::uint64_t>(delay.count() / 10 + 1);
  add_after(key, now + delay
                     + duration{static_cast<duration::rep>(random % spread)});
}

void work_queue::forget(const object_key& key) {
  failures_.erase(key);
}

unsigned work_queue::failures(const object_key& key) const {
  const auto at = failures_.find(key);
  return at == failures_.end() ? 0 : at->second;
}

void work_queue::advance(mono_time now) {
  while (!later_.empty() && later_.begin()->first <= now) {
    const auto key = later_.begin()->second;
    later_.erase(later_.begin());
    moment_.erase(key);
    add(key);
  }
}

std::optional<mono_time> work_queue::next_moment() const {
  if (later_.empty())
    return std::nullopt;
  return later_.begin()->first;
}

std::optional<object_key> work_queue::next() {
  if (waiting_.empty())
    return std::nullopt;
  auto key = std::move(waiting_.front());
  waiting_.pop_front();
  dirty_.erase(key);
  working_.insert(key);
  return key;
}

void work_queue::done(const object_key& key) {
  const auto worked = working_.erase(key);
  TROUPE_CHECK(worked == 1, "only a key that was handed out is done");
  if (dirty_.contains(key))
    waiting_.push_back(key);
}

} // namespace troupe::control
