#include "node/pod/resources.hpp"

#include "node/pod/spec.hpp"

#include <algorithm>

namespace troupe::pod {

namespace {

using view::core_v1::container;
using view::core_v1::resource_requirements;
using quantities = view::map<std::string_view>;

constexpr std::int64_t period_us = 100'000;
constexpr std::int64_t quota_min_us = 1'000;
constexpr std::int64_t shares_min = 2;
constexpr std::int64_t shares_max = 262'144;
constexpr std::int64_t shares_per_cpu = 1'024;

/// Values were canonical when the API took them; others count as nothing.
meta::quantity read(std::string_view text) {
  auto value = meta::quantity::parse(text);
  return value ? *value : meta::quantity{};
}

resource_list read(const quantities& values) {
  resource_list out;
  for (auto [name, text] : values)
    out[std::string{name}] = read(text);
  return out;
}

void add(resource_list& to, const resource_list& more) {
  for (auto& [name, value] : more)
    to[name] = to[name] + value;
}

void raise(resource_list& to, const resource_list& least) {
  for (auto& [name, value] : least)
    to[name] = std::max(to[name], value);
}

/// What `of` says of each container, joined as containers run: sidecars
/// beside everything after them, other init containers one at a time.
template <class Of>
resource_list join(const view::core_v1::pod& pod, Of of) {
  resource_list together;
  resource_list sidecars;
  resource_list peak;
  for (auto& each : containers_of(pod)) {
    const auto own = read(of(each.spec.resources()));
    if (each.role == container_role::init) {
      auto beside = sidecars;
      add(beside, own);
      raise(peak, beside);
      continue;
    }
    add(together, own);
    if (each.role == container_role::sidecar) {
      add(sidecars, own);
      raise(peak, sidecars);
    }
  }
  raise(together, peak);
  return together;
}

/// Resources of the pod as a whole stand in for the sum.
void override_with(resource_list& sum, const resource_list& whole) {
  for (auto& [name, value] : whole)
    sum[name] = value;
}

std::int64_t milli_cpu(const resource_list& list) {
  const auto at = list.find("cpu");
  return at == list.end() ? 0 : at->second.milli_value();
}

std::int64_t memory(const resource_list& list) {
  const auto at = list.find("memory");
  return at == list.end() ? 0 : at->second.value();
}

std::int64_t shares(std::int64_t milli) {
  return milli == 0 ? shares_min
                    : std::clamp(milli * shares_per_cpu / 1000, shares_min,
                                 shares_max);
}

std::int64_t quota(std::int64_t milli) {
  return milli == 0 ? 0 : std::max(milli * period_us / 1000, quota_min_us);
}

/// Of the resources that decide about the class, those above zero.
resource_list counted(const quantities& values) {
  auto out = read(values);
  std::erase_if(out, [](const auto& each) {
    return (each.first != "cpu" && each.first != "memory")
           || each.second.sign() <= 0;
  });
  return out;
}

/// Requests that are absent were defaulted to the limits by the API.
qos_class computed_qos(const view::core_v1::pod& pod) {
  auto asks = false;
  auto is_guaranteed = true;
  const auto look = [&](const resource_requirements& resources) {
    const auto requests = counted(resources.requests());
    const auto limits = counted(resources.limits());
    asks = asks || !requests.empty() || !limits.empty();
    auto effective = limits;
    override_with(effective, requests);
    is_guaranteed = is_guaranteed && limits.size() == 2 && effective == limits;
  };
  if (pod.spec().has_resources())
    look(pod.spec().resources());
  else
    for (auto& each : containers_of(pod))
      look(each.spec.resources());
  if (!asks)
    return qos_class::best_effort;
  return is_guaranteed ? qos_class::guaranteed : qos_class::burstable;
}

/// The largest limits apply only when every container has one.
bool all_limit(const view::core_v1::pod& pod, std::string_view resource) {
  if (pod.spec().resources().limits().contains(resource))
    return true;
  const auto all = containers_of(pod);
  return std::all_of(all.begin(), all.end(), [&](const auto& each) {
    return !read(each.spec.resources().limits()[resource]).is_zero();
  });
}

} // namespace

resource_list pod_requests(const view::core_v1::pod& pod) {
  auto sum =
      join(pod, [](const resource_requirements& of) { return of.requests(); });
  override_with(sum, read(pod.spec().resources().requests()));
  add(sum, read(pod.spec().overhead()));
  return sum;
}

resource_list pod_limits(const view::core_v1::pod& pod) {
  auto sum =
      join(pod, [](const resource_requirements& of) { return of.limits(); });
  override_with(sum, read(pod.spec().resources().limits()));
  const auto overhead = read(pod.spec().overhead());
  for (auto& [name, value] : sum)
    if (const auto more = overhead.find(name); more != overhead.end())
      value = value + more->second;
  return sum;
}

std::string_view to_string(qos_class qos) {
  switch (qos) {
    case qos_class::guaranteed:
      return "Guaranteed";
    case qos_class::burstable:
      return "Burstable";
    case qos_class::best_effort:
      return "BestEffort";
  }
  return "BestEffort";
}

qos_class pod_qos(const view::core_v1::pod& pod) {
  const auto known = pod.status().qos_class();
  for (auto each :
       {qos_class::guaranteed, qos_class::burstable, qos_class::best_effort})
    if (known == to_string(each))
      return each;
  return computed_qos(pod);
}

cgroup_limits pod_cgroup(const view::core_v1::pod& pod) {
  const auto limits = pod_limits(pod);
  cgroup_limits out;
  out.cpu_shares = shares(milli_cpu(pod_requests(pod)));
  if (all_limit(pod, "cpu"))
    out.cpu_quota_us = quota(milli_cpu(limits));
  if (all_limit(pod, "memory"))
    out.memory_max = memory(limits);
  return out;
}

cgroup_limits container_cgroup(const container& of) {
  const auto limits = read(of.resources().limits());
  auto requests = limits;
  override_with(requests, read(of.resources().requests()));
  cgroup_limits out;
  out.cpu_shares = shares(milli_cpu(requests));
  out.cpu_quota_us = quota(milli_cpu(limits));
  out.memory_max = memory(limits);
  return out;
}

int oom_score_adj(const view::core_v1::pod& pod, const container& of,
                  std::int64_t memory_capacity) {
  constexpr int guaranteed = -997;
  constexpr int best_effort = 1000;
  constexpr std::int64_t burstable_min = 1000 + guaranteed;
  if (pod.spec().priority_class_name() == "system-node-critical")
    return guaranteed;
  switch (pod_qos(pod)) {
    case qos_class::guaranteed:
      return guaranteed;
    case qos_class::best_effort:
      return best_effort;
    case qos_class::burstable:
      break;
  }
  if (memory_capacity <= 0)
    return best_effort - 1;
  const auto asked = memory(read(of.resources().requests()));
  const auto share =
      static_cast<std::int64_t>(1000.0L * static_cast<long double>(asked)
                                / static_cast<long double>(memory_capacity));
  // Above what is guaranteed, below what has no requests at all.
  return static_cast<int>(
      std::clamp<std::int64_t>(1000 - share, burstable_min, best_effort - 1));
}

std::string pod_cgroup_path(const view::core_v1::pod& pod) {
  std::string out = "kubepods/";
  switch (pod_qos(pod)) {
    case qos_class::guaranteed:
      break;
    case qos_class::burstable:
      out += "burstable/";
      break;
    case qos_class::best_effort:
      out += "besteffort/";
      break;
  }
  return out.append("pod").append(pod.metadata().uid());
}

std::string container_cgroup_path(const view::core_v1::pod& pod,
                                  std::string_view container_id) {
  return pod_cgroup_path(pod).append("/").append(container_id);
}

} // namespace troupe::pod
