#include "actors/scheduler/requests.hpp"

#include "messages/meta/quantity.hpp"

#include <algorithm>
#include <map>

namespace troupe::scheduler {

namespace {

using meta::quantity;
using view::core_v1::container;
using view::core_v1::container_status;
using view::core_v1::pod;
using quantities = std::map<std::string_view, quantity>;
using texts = view::map<std::string_view>;

constexpr std::int64_t guessed_milli_cpu = 100;
constexpr std::int64_t guessed_memory = 200 * 1024 * 1024;

quantity parse(std::string_view text) {
  auto read = quantity::parse(text);
  return read ? *read : quantity{};
}

quantities read_list(const texts& list) {
  quantities out;
  for (const auto& [name, text] : list)
    out.emplace(name, parse(text));
  return out;
}

void add(quantities& to, const quantities& more) {
  for (const auto& [name, amount] : more) {
    auto [at, fresh] = to.emplace(name, amount);
    if (!fresh)
      at->second = at->second + amount;
  }
}

void raise(quantities& to, const quantities& other) {
  for (const auto& [name, amount] : other) {
    auto [at, fresh] = to.emplace(name, amount);
    if (!fresh && amount > at->second)
      at->second = amount;
  }
}

bool resize_infeasible(const pod& whole) {
  for (const auto& condition : whole.status().conditions())
    if (condition.type() == "PodResizePending")
      return condition.reason() == "Infeasible";
  return false;
}

/// What one container counts for.
quantities container_requests(const pod& whole, const container& one,
                              const view::list<container_status>& statuses,
                              bool guess) {
  auto out = read_list(one.resources().requests());
  for (const auto& status : statuses) {
    if (status.name() != one.name() || !status.has_resources())
      continue;
    auto in_force = read_list(status.resources().requests());
    raise(in_force, read_list(status.allocated_resources()));
    if (resize_infeasible(whole))
      out = std::move(in_force);
    else
      raise(out, in_force);
    break;
  }
  if (guess) {
    out.try_emplace("cpu", quantity::of_milli(guessed_milli_cpu));
    out.try_emplace("memory", quantity::of(guessed_memory));
  }
  return out;
}

quantities all_containers(const pod& whole, bool guess) {
  const auto spec = whole.spec();
  const auto status = whole.status();
  quantities out;
  for (const auto& one : spec.containers())
    add(out,
        container_requests(whole, one, status.container_statuses(), guess));
  quantities sidecars;
  quantities most;
  for (const auto& one : spec.init_containers()) {
    const bool sidecar = one.restart_policy() == "Always";
    auto mine =
        sidecar ? container_requests(whole, one,
                                     status.init_container_statuses(), guess)
                : container_requests(
                    whole, one, view::list<container_status>{nullptr}, guess);
    if (sidecar) {
      add(out, mine);
      add(sidecars, mine);
      mine = sidecars;
    } else {
      add(mine, sidecars);
    }
    raise(most, mine);
  }
  raise(out, most);
  return out;
}

/// Which resources may be asked for the pod as a whole.
bool is_pod_level(std::string_view name) {
  return name == "cpu" || name == "memory" || name.starts_with("hugepages-");
}

/// Counted resources have qualified names, or one of two prefixes.
bool is_scalar(std::string_view name) {
  return name.find('/') != std::string_view::npos
         || name.starts_with("hugepages-")
         || name.starts_with("attachable-volumes-");
}

amounts to_amounts(const quantities& from) {
  amounts out;
  for (const auto& [name, amount] : from) {
    if (name == "cpu")
      out.milli_cpu = amount.milli_value();
    else if (name == "memory")
      out.memory = amount.value();
    else if (name == "ephemeral-storage")
      out.ephemeral_storage = amount.value();
    else if (is_scalar(name))
      out.scalars.push_back({std::string{name}, amount.value()});
  }
  return out;
}

amounts requests(const pod& whole, bool guess) {
  auto out = all_containers(whole, guess);
  for (const auto& [name, text] : whole.spec().resources().requests())
    if (is_pod_level(name))
      out.insert_or_assign(name, parse(text));
  add(out, read_list(whole.spec().overhead()));
  return to_amounts(out);
}

auto find(std::vector<scalar>& in, std::string_view name) {
  return std::lower_bound(
      in.begin(), in.end(), name,
      [](const scalar& one, std::string_view key) { return one.name < key; });
}

} // namespace

std::int64_t amounts::scalar_of(std::string_view name) const {
  for (const auto& one : scalars)
    if (one.name == name)
      return one.amount;
  return 0;
}

bool amounts::nothing() const {
  return milli_cpu == 0 && memory == 0 && ephemeral_storage == 0
         && scalars.empty();
}

void amounts::add(const amounts& other, int by) {
  milli_cpu += by * other.milli_cpu;
  memory += by * other.memory;
  ephemeral_storage += by * other.ephemeral_storage;
  for (const auto& one : other.scalars) {
    auto at = find(scalars, one.name);
    if (at == scalars.end() || at->name != one.name)
      at = scalars.insert(at, {one.name, 0});
    at->amount += by * one.amount;
    if (at->amount == 0)
      scalars.erase(at);
  }
}

amounts read_amounts(const texts& list) {
  return to_amounts(read_list(list));
}

std::int64_t pods_of(const texts& list) {
  return list.contains("pods") ? parse(list["pods"]).value() : 0;
}

amounts pod_requests(const pod& whole) {
  return requests(whole, false);
}

amounts guessed_requests(const pod& whole) {
  return requests(whole, true);
}

} // namespace troupe::scheduler
