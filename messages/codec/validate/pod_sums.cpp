#include "messages/codec/validate/pod_sums.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

namespace core = view::core_v1;

resource_sums read(core::container container, amount_kind kind) {
  const auto resources = container.resources();
  resource_sums out;
  for (auto [name, text] : kind == amount_kind::requests ? resources.requests()
                                                         : resources.limits())
    if (const auto amount = meta::quantity::parse(text))
      out.emplace(name, *amount);
  return out;
}

void add(resource_sums& to, const resource_sums& from) {
  for (const auto& [name, amount] : from)
    to[name] = to[name] + amount;
}

void raise(resource_sums& to, const resource_sums& from) {
  for (const auto& [name, amount] : from) {
    const auto [at, is_new] = to.emplace(name, amount);
    if (!is_new)
      at->second = std::max(at->second, amount);
  }
}

} // namespace

resource_sums container_sums(core::pod_spec spec, amount_kind kind) {
  resource_sums running;
  for (auto container : spec.containers())
    add(running, read(container, kind));
  resource_sums sidecars;
  resource_sums starting;
  for (auto container : spec.init_containers()) {
    auto own = read(container, kind);
    if (container.restart_policy() == "Always") {
      add(running, own);
      add(sidecars, own);
      raise(starting, sidecars);
    } else {
      add(own, sidecars);
      raise(starting, own);
    }
  }
  raise(running, starting);
  return running;
}

} // namespace troupe::codec
