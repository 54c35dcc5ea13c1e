#include "actors/controllers/deployment/rollout.hpp"

#include <algorithm>
#include <cmath>

namespace troupe::controllers::deployments {

namespace {

template <class Sets, class F>
std::int64_t sum(const Sets& sets, F count) {
  std::int64_t out = 0;
  for (const auto* set : sets)
    out += count(*set);
  return out;
}

std::int64_t size_of(const replica_set& set) {
  return set.replicas;
}

std::int64_t available_of(const replica_set& set) {
  return set.available();
}

/// Takes up to `budget` pods that are not available from the old sets.
void shed_unavailable(const target& wanted, const replica_sets& sets,
                      std::int64_t budget) {
  for (auto* set : sets.old) {
    const auto missing = set->replicas - set->available();
    const auto count = std::min(budget, missing);
    if (set->replicas == 0 || count <= 0)
      continue;
    resize(*set, set->replicas - count, wanted);
    budget -= count;
  }
}

/// Takes available pods from the old sets as far as enough remain.
void shed_available(const target& wanted, const replica_sets& sets) {
  auto spare = sum(sets.all(), available_of)
               - (wanted.replicas - wanted.unavailable_max);
  for (auto* set : sets.old) {
    const auto count = std::min(set->replicas, spare);
    if (count <= 0)
      continue;
    resize(*set, set->replicas - count, wanted);
    spare -= count;
  }
}

void shrink_old(const target& wanted, const replica_sets& sets) {
  const auto old_pods = sum(sets.old, size_of);
  if (old_pods == 0)
    return;
  const auto& newest = *sets.newest;
  const auto budget = old_pods + newest.replicas
                      - (wanted.replicas - wanted.unavailable_max)
                      - (newest.replicas - newest.available());
  if (budget <= 0)
    return;
  shed_unavailable(wanted, sets, budget);
  shed_available(wanted, sets);
}

/// The one set that should have all pods: the only one that has any or, when
/// none has, the newest. Null while several have pods.
replica_set* only_one(const replica_sets& sets) {
  replica_set* found = nullptr;
  for (auto* set : sets.old)
    if (set->active() && std::exchange(found, set) != nullptr)
      return nullptr;
  if (sets.newest != nullptr && sets.newest->active()
      && std::exchange(found, sets.newest) != nullptr)
    return nullptr;
  if (found != nullptr)
    return found;
  if (sets.newest != nullptr)
    return sets.newest;
  return sets.old.empty() ? nullptr : sets.old.back();
}

/// The rollout has ended: the newest set has all pods, and they are available.
bool is_saturated(const target& wanted, const replica_set* newest) {
  return newest != nullptr && newest->replicas == wanted.replicas
         && newest->number(annotation::desired_replicas, -1) == wanted.replicas
         && newest->available() == wanted.replicas;
}

/// By how much a set changes when the Deployment does; rounded away from 0.
std::int64_t fraction(const target& wanted, const replica_set& set) {
  if (wanted.replicas == 0)
    return -set.replicas;
  auto before = set.number(annotation::max_replicas, 0);
  if (before <= 0)
    before = wanted.read.status().replicas();
  if (before <= 0)
    return 0;
  return std::llround(static_cast<double>(set.replicas * wanted.pods_max())
                      / static_cast<double>(before))
         - set.replicas;
}

std::int64_t proportion(const target& wanted, const replica_set& set,
                        std::int64_t left) {
  if (left == 0)
    return 0;
  const auto share = fraction(wanted, set);
  return left > 0 ? std::min(share, left) : std::max(share, left);
}

/// The largest first; of one size the newer when all grow, the older when they
/// shrink.
void sort_by_size(std::vector<replica_set*>& sets, bool grow) {
  std::ranges::sort(sets, [grow](const auto* a, const auto* b) {
    if (a->replicas != b->replicas)
      return a->replicas > b->replicas;
    return grow ? is_older(*b, *a) : is_older(*a, *b);
  });
}

void scale_in_proportion(const target& wanted, const replica_sets& sets) {
  std::vector<replica_set*> active;
  std::ranges::copy_if(sets.old, std::back_inserter(active),
                       &replica_set::active);
  if (sets.newest != nullptr && sets.newest->active())
    active.push_back(sets.newest);
  const auto allowed = wanted.replicas > 0 ? wanted.pods_max() : 0;
  const auto change = allowed - sum(active, size_of);
  if (change != 0)
    sort_by_size(active, change > 0);
  auto left = change;
  std::vector<std::int64_t> sizes;
  for (const auto* set : active) {
    const auto share = proportion(wanted, *set, left);
    sizes.push_back(set->replicas + share);
    left -= share;
  }
  sizes.front() = std::max(sizes.front() + left, std::int64_t{0});
  for (std::size_t i = 0; i < active.size(); ++i)
    resize(*active[i], sizes[i], wanted);
}

} // namespace

std::int64_t newest_size(const target& wanted,
                         const std::vector<replica_set*>& others,
                         std::int64_t size) {
  if (wanted.recreate)
    return wanted.replicas;
  const auto pods = sum(others, size_of) + size;
  const auto room = std::max(wanted.pods_max() - pods, std::int64_t{0});
  return size + std::min(room, wanted.replicas - size);
}

void step_rolling(const target& wanted, const replica_sets& sets) {
  auto& newest = *sets.newest;
  const auto size = newest_size(wanted, sets.old, newest.replicas);
  if (size != newest.replicas)
    resize(newest, size, wanted);
  else
    shrink_old(wanted, sets);
}

void scale(const target& wanted, const replica_sets& sets) {
  if (sets.newest == nullptr && sets.old.empty())
    return;
  if (auto* one = only_one(sets)) {
    if (one->active() || wanted.replicas > 0)
      resize(*one, wanted.replicas, wanted);
    return;
  }
  if (is_saturated(wanted, sets.newest)) {
    for (auto* set : sets.old)
      if (set->active())
        resize(*set, 0, wanted);
    return;
  }
  if (!wanted.recreate)
    scale_in_proportion(wanted, sets);
}

bool was_scaled(const target& wanted, const replica_sets& sets) {
  return !wanted.recreate
         && std::ranges::any_of(sets.all(), [&](const auto* set) {
              return set->active()
                     && set->number(annotation::desired_replicas,
                                    wanted.replicas)
                            != wanted.replicas;
            });
}

std::vector<const replica_set*> outlived(const target& wanted,
                                         const replica_sets& sets) {
  std::vector<const replica_set*> old;
  std::ranges::copy_if(sets.old, std::back_inserter(old),
                       [](const auto* set) { return !set->deleting; });
  const auto count = static_cast<std::int64_t>(old.size());
  if (!wanted.history_max || count <= *wanted.history_max)
    return {};
  std::ranges::stable_sort(old, {}, &replica_set::revision);
  old.resize(static_cast<std::size_t>(count - *wanted.history_max));
  std::erase_if(old, [](const auto* set) {
    const auto status = set->read.status();
    return set->stored_replicas() != 0 || status.replicas() != 0
           || set->read.metadata().generation() > status.observed_generation();
  });
  return old;
}

} // namespace troupe::controllers::deployments
