#include "actors/scheduler/plugins/node_resources.hpp"

#include <algorithm>
#include <cmath>

namespace troupe::scheduler {

namespace node_ports {

bool passes(const pod_class& pod, const std::vector<host_port>& in_use) {
  for (const auto& port : pod.ports)
    for (const auto& other : in_use)
      if (port.conflicts_with(other))
        return false;
  return true;
}

bool worth_another_try(const changed_pod& pod, const cluster_change& change) {
  if (change.pod_gone())
    return change.pod_before->assigned
           && !passes(*pod.what, change.pod_before->what->ports);
  return change.node_added();
}

} // namespace node_ports

namespace node_resources_fit {

namespace {

constexpr unsigned bits_max = 63;

/// Sees whether one resource suffices.
struct judge {
  fit& out;

  void operator()(unsigned what, std::int64_t wanted, std::int64_t has,
                  std::int64_t used) const {
    if (wanted <= 0 || wanted <= has - used)
      return;
    out.missing.insert(what);
    out.unresolvable = out.unresolvable || wanted > has;
  }
};

bool asks_less(const amounts& wanted, const amounts& before,
               const amounts& now) {
  const auto less = [](std::int64_t asked, std::int64_t old,
                       std::int64_t next) { return asked > 0 && next < old; };
  if (less(wanted.milli_cpu, before.milli_cpu, now.milli_cpu)
      || less(wanted.memory, before.memory, now.memory)
      || less(wanted.ephemeral_storage, before.ephemeral_storage,
              now.ephemeral_storage))
    return true;
  return std::any_of(wanted.scalars.begin(), wanted.scalars.end(),
                     [&](const scalar& one) {
                       return less(one.amount, before.scalar_of(one.name),
                                   now.scalar_of(one.name));
                     });
}

std::int64_t free_part(std::int64_t wanted, std::int64_t has) {
  return wanted > has ? 0 : (has - wanted) * score_max / has;
}

} // namespace

void shortage::insert(unsigned what) {
  bits_ |= std::uint64_t{1} << std::min(what, bits_max);
}

std::vector<std::string> shortage::texts(const pod_class& pod) const {
  static constexpr std::string_view fixed[] = {
      "Too many pods", "Insufficient cpu", "Insufficient memory",
      "Insufficient ephemeral-storage"};
  std::vector<std::string> out;
  for (unsigned i = 0; i <= bits_max; ++i) {
    if ((bits_ >> i & 1) == 0)
      continue;
    if (i < scalars)
      out.emplace_back(fixed[i]);
    else
      out.push_back("Insufficient " + pod.requests.scalars[i - scalars].name);
  }
  return out;
}

fit check(const pod_class& pod, const node_info& node, const amounts& requested,
          std::size_t pods) {
  fit out;
  const judge see{out};
  const auto& wanted = pod.requests;
  const auto& has = node.allocatable;
  if (static_cast<std::int64_t>(pods) + 1 > node.pods_max)
    out.missing.insert(shortage::pods);
  see(shortage::cpu, wanted.milli_cpu, has.milli_cpu, requested.milli_cpu);
  see(shortage::memory, wanted.memory, has.memory, requested.memory);
  see(shortage::ephemeral_storage, wanted.ephemeral_storage,
      has.ephemeral_storage, requested.ephemeral_storage);
  for (unsigned i = 0; i < wanted.scalars.size(); ++i) {
    const auto& one = wanted.scalars[i];
    see(shortage::scalars + i, one.amount, has.scalar_of(one.name),
        requested.scalar_of(one.name));
  }
  return out;
}

std::int64_t least_allocated(const pod_class& pod, const node_info& node,
                             const amounts& guessed) {
  const auto& has = node.allocatable;
  std::int64_t sum = 0;
  std::int64_t weights = 0;
  if (has.milli_cpu != 0) {
    sum += free_part(guessed.milli_cpu + pod.guessed.milli_cpu, has.milli_cpu);
    ++weights;
  }
  if (has.memory != 0) {
    sum += free_part(guessed.memory + pod.guessed.memory, has.memory);
    ++weights;
  }
  return weights == 0 ? 0 : sum / weights;
}

bool worth_another_try(const changed_pod& pod, const cluster_change& change) {
  const auto& wanted = pod.what->requests;
  if (change.pod_gone())
    return change.pod_before->assigned;
  if (change.pod_before != nullptr && change.pod_now != nullptr) {
    const auto& before = change.pod_before->what->requests;
    const auto& now = change.pod_now->what->requests;
    return (change.pod_now->uid == pod.uid || change.pod_now->assigned)
           && asks_less(wanted, before, now);
  }
  if (change.node_now == nullptr
      || !check(*pod.what, *change.node_now, {}, 0).missing.empty())
    return false;
  return change.node_before == nullptr
         || change.node_now->pods_max > change.node_before->pods_max
         || asks_less(wanted, change.node_now->allocatable,
                      change.node_before->allocatable);
}

} // namespace node_resources_fit

std::int64_t balanced_allocation(const pod_class& pod, const node_info& node,
                                 const amounts& requested) {
  const auto& has = node.allocatable;
  const auto& wanted = pod.requests;
  if (wanted.milli_cpu == 0 && wanted.memory == 0)
    return 0;
  const auto part = [](std::int64_t used, std::int64_t of) {
    return std::min(static_cast<double>(used) / static_cast<double>(of), 1.0);
  };
  double deviation = 0;
  if (has.milli_cpu != 0 && has.memory != 0)
    deviation =
        std::abs((part(requested.milli_cpu + wanted.milli_cpu, has.milli_cpu)
                  - part(requested.memory + wanted.memory, has.memory))
                 / 2);
  return static_cast<std::int64_t>((1 - deviation)
                                   * static_cast<double>(score_max));
}

std::int64_t image_locality(const pod_class& pod, const node_info& node,
                            const node_table& table) {
  constexpr std::int64_t megabyte = 1024 * 1024;
  constexpr std::int64_t least = 23 * megabyte;
  constexpr std::int64_t most_per_container = 1000 * megabyte;
  if (node.images.empty() || pod.images.empty())
    return 0;
  std::int64_t sum = 0;
  for (const auto& name : pod.images) {
    const auto at =
        std::lower_bound(node.images.begin(), node.images.end(), name,
                         [](const node_image& one, const std::string& key) {
                           return one.name < key;
                         });
    if (at == node.images.end() || at->name != name)
      continue;
    const double spread = static_cast<double>(table.holders(name))
                          / static_cast<double>(table.size());
    sum += static_cast<std::int64_t>(static_cast<double>(at->size) * spread);
  }
  const auto most =
      most_per_container * static_cast<std::int64_t>(pod.images.size());
  return score_max * (std::clamp(sum, least, most) - least) / (most - least);
}

} // namespace troupe::scheduler
