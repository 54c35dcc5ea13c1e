#include "node/cgroup/limit_order.hpp"

#include "node/cgroup/cpu_units.hpp"

#include <bitset>
#include <charconv>
#include <memory>

namespace troupe::cgroup {

namespace {

constexpr std::size_t list_members_max = 8192;
using member_set = std::bitset<list_members_max>;

std::optional<std::size_t> parse_member(std::string_view text) {
  std::size_t member = 0;
  const auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), member);
  if (failure != std::errc{} || end != text.data() + text.size()
      || member >= list_members_max)
    return std::nullopt;
  return member;
}

bool add_range(member_set& members, std::string_view range) {
  const auto dash = range.find('-');
  const auto first = parse_member(range.substr(0, dash));
  const auto last = dash == std::string_view::npos
                        ? first
                        : parse_member(range.substr(dash + 1));
  if (!first || !last || *first > *last)
    return false;
  for (auto member = *first; member <= *last; ++member)
    members.set(member);
  return true;
}

std::unique_ptr<member_set> parse_list(std::string_view list) {
  auto members = std::make_unique<member_set>();
  while (!list.empty()) {
    const auto end = list.find(',');
    if (!add_range(*members, list.substr(0, end)))
      return nullptr;
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
  return members;
}

/// Where a changed field goes: not at all, up or down.
template <class T, class Lower>
void place(std::optional<T> limits::*field, const limits& current,
           const limits& wanted, limit_changes& changes, Lower is_lower) {
  const auto& now = current.*field;
  const auto& then = wanted.*field;
  if (!then || now == then)
    return;
  const bool lower = now && is_lower(*now, *then);
  (lower ? changes.lowered : changes.raised).*field = then;
}

bool is_less(std::int64_t now, std::int64_t then) {
  return then != unlimited && (now == unlimited || then < now);
}

/// Quotas are compared per period: now.quota / now.period > then.quota / ...
void place_bandwidth(const limits& current, const limits& wanted,
                     limit_changes& changes) {
  if (!wanted.cpu_quota_us && !wanted.cpu_period_us)
    return;
  const auto now_quota = current.cpu_quota_us.value_or(unlimited);
  const auto now_period = current.cpu_period_us.value_or(period_default_us);
  const auto quota = wanted.cpu_quota_us.value_or(now_quota);
  const auto period = wanted.cpu_period_us.value_or(now_period);
  if (quota == now_quota && period == now_period)
    return;
  // 128 bits hold every product of a quota and a period.
  __extension__ using wide = __int128;
  const bool lower =
      quota != unlimited
      && (now_quota == unlimited
          || wide{quota} * wide{now_period} < wide{now_quota} * wide{period});
  auto& half = lower ? changes.lowered : changes.raised;
  half.cpu_quota_us = quota;
  half.cpu_period_us = period;
}

} // namespace

bool list_contains(std::string_view outer, std::string_view inner) {
  const auto all = parse_list(outer);
  const auto some = parse_list(inner);
  return all && some && (*some & ~*all).none();
}

limit_changes split_changes(const limits& current, const limits& wanted) {
  limit_changes changes;
  const auto less = [](auto now, auto then) { return then < now; };
  const auto never = [](const auto&, const auto&) { return false; };
  const auto narrower = [](const std::string& now, const std::string& then) {
    return !list_contains(then, now);
  };
  place_bandwidth(current, wanted, changes);
  place(&limits::cpu_shares, current, wanted, changes, never);
  place(&limits::memory_max_bytes, current, wanted, changes, is_less);
  place(&limits::memory_min_bytes, current, wanted, changes, less);
  place(&limits::memory_low_bytes, current, wanted, changes, less);
  place(&limits::memory_oom_group, current, wanted, changes, never);
  place(&limits::pids_max, current, wanted, changes, is_less);
  place(&limits::cpuset_cpus, current, wanted, changes, narrower);
  place(&limits::cpuset_mems, current, wanted, changes, narrower);
  return changes;
}

} // namespace troupe::cgroup
