#include "actors/scheduler/scheduling_queue.hpp"

#include <algorithm>
#include <array>

namespace troupe::scheduler {

namespace {

constexpr std::array all_plugins{
    plugin::node_unschedulable, plugin::taint_toleration,
    plugin::node_affinity,      plugin::node_ports,
    plugin::node_resources_fit, plugin::pod_topology_spread,
    plugin::inter_pod_affinity,
};

bool worth(const pod_info& pod, plugin_set by, const cluster_change& change,
           const namespace_labels& namespaces) {
  return std::any_of(all_plugins.begin(), all_plugins.end(), [&](plugin one) {
    return by.contains(one) && worth_another_try(one, pod, change, namespaces);
  });
}

} // namespace

void scheduling_queue::put(pod_ptr pod, mono_time now,
                           const namespace_labels& namespaces) {
  auto [at, fresh] = entries_.try_emplace(pod->uid);
  auto& mine = at->second;
  const auto before = std::exchange(mine.pod, pod);
  if (fresh) {
    mine.since = now;
    mine.number = ++numbers_;
    return move(mine, pod->gated ? place::gated : place::active);
  }
  switch (mine.where) {
    case place::gated:
      if (!pod->gated) {
        mine.since = now;
        move(mine, place::active);
      }
      break;
    case place::active:
      if (before->priority != pod->priority) {
        active_.erase({-before->priority, mine.since, mine.number, pod->uid});
        active_.insert(rank_of(mine));
      }
      break;
    case place::pool: {
      cluster_change own;
      own.pod_before = before.get();
      own.pod_now = pod.get();
      if (worth(*pod, mine.by, own, namespaces))
        wake(mine, now);
      break;
    }
    default:
      break;
  }
}

void scheduling_queue::remove(const std::string& uid) {
  const auto at = entries_.find(uid);
  if (at == entries_.end())
    return;
  leave(at->second);
  entries_.erase(at);
}

pod_ptr scheduling_queue::pop() {
  std::string uid;
  if (!active_.empty())
    uid = std::get<std::string>(*active_.begin());
  else if (!backoff_.empty())
    uid = backoff_.begin()->second;
  else
    return nullptr;
  auto& mine = entries_.at(uid);
  move(mine, place::in_hand);
  return mine.pod;
}

void scheduling_queue::rejected(const std::string& uid, plugin_set by,
                                mono_time now) {
  const auto at = entries_.find(uid);
  if (at == entries_.end())
    return;
  auto& mine = at->second;
  TROUPE_CHECK(mine.where == place::in_hand, "only a pod in hand is put down");
  ++mine.rejections;
  mine.errors = 0;
  mine.by = by;
  mine.since = now;
  move(mine, place::pool);
}

void scheduling_queue::failed(const std::string& uid, mono_time now) {
  const auto at = entries_.find(uid);
  if (at == entries_.end())
    return;
  auto& mine = at->second;
  TROUPE_CHECK(mine.where == place::in_hand, "only a pod in hand is put down");
  ++mine.errors;
  mine.by = {};
  mine.since = now;
  move(mine, place::error_backoff);
}

void scheduling_queue::changed(const cluster_change& change,
                               const namespace_labels& namespaces,
                               mono_time now) {
  std::vector<std::string> helped;
  for (const auto& [since, uid] : pool_) {
    const auto& mine = entries_.at(uid);
    if (worth(*mine.pod, mine.by, change, namespaces))
      helped.push_back(uid);
  }
  for (const auto& uid : helped)
    wake(entries_.at(uid), now);
}

void scheduling_queue::advance(mono_time now) {
  const auto due_now = [&](const std::set<due>& in, duration after) {
    return !in.empty() && in.begin()->first + after <= now;
  };
  for (auto* in : {&backoff_, &error_backoff_})
    while (due_now(*in, {}))
      move(entries_.at(in->begin()->second), place::active);
  while (due_now(pool_, patience))
    wake(entries_.at(pool_.begin()->second), now);
}

std::optional<mono_time> scheduling_queue::next_moment() const {
  std::optional<mono_time> out;
  const auto consider = [&](const std::set<due>& in, duration after) {
    if (!in.empty() && (!out || in.begin()->first + after < *out))
      out = in.begin()->first + after;
  };
  consider(backoff_, {});
  consider(error_backoff_, {});
  consider(pool_, patience);
  return out;
}

pod_ptr scheduling_queue::find(const std::string& uid) const {
  const auto at = entries_.find(uid);
  return at == entries_.end() ? nullptr : at->second.pod;
}

scheduling_queue::rank scheduling_queue::rank_of(const entry& one) {
  return {-one.pod->priority, one.since, one.number, one.pod->uid};
}

mono_time scheduling_queue::backoff_end(const entry& one) {
  const auto count = one.errors > 0 ? one.errors : one.rejections;
  return count == 0 ? one.since : one.since + retry.delay(count - 1);
}

void scheduling_queue::leave(entry& one) {
  const auto& uid = one.pod->uid;
  switch (one.where) {
    case place::gated:
      --gated_;
      break;
    case place::active:
      active_.erase(rank_of(one));
      break;
    case place::backoff:
      backoff_.erase({backoff_end(one), uid});
      break;
    case place::error_backoff:
      error_backoff_.erase({backoff_end(one), uid});
      break;
    case place::pool:
      pool_.erase({one.since, uid});
      break;
    default:
      break;
  }
  one.where = place::nowhere;
}

/// `since` of an entry changes only while it is nowhere or in hand.
void scheduling_queue::move(entry& one, place to) {
  leave(one);
  one.where = to;
  const auto& uid = one.pod->uid;
  switch (to) {
    case place::gated:
      ++gated_;
      break;
    case place::active:
      active_.insert(rank_of(one));
      break;
    case place::backoff:
      backoff_.insert({backoff_end(one), uid});
      break;
    case place::error_backoff:
      error_backoff_.insert({backoff_end(one), uid});
      break;
    case place::pool:
      pool_.insert({one.since, uid});
      break;
    default:
      break;
  }
}

void scheduling_queue::wake(entry& one, mono_time now) {
  move(one, backoff_end(one) > now ? place::backoff : place::active);
}

} // namespace troupe::scheduler
