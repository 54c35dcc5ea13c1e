#include "messages/codec/validate/pod_qos.hpp"

#include "messages/meta/quantity.hpp"

#include <array>

namespace troupe::codec {

namespace {

using meta::quantity;
using view::core_v1::resource_requirements;

constexpr std::array<std::string_view, 2> counted = {"cpu", "memory"};

/// Amounts of what counts.
using amounts = std::array<quantity, counted.size()>;

/// Adds what is above zero. Returns whether every resource was.
bool add(amounts& to, const view::map<std::string_view>& from) {
  bool all = true;
  for (std::size_t i = 0; i < counted.size(); ++i) {
    const auto amount = quantity::parse(from[counted[i]]);
    if (amount && amount->sign() > 0)
      to[i] = to[i] + *amount;
    else
      all = false;
  }
  return all;
}

struct sums {
  amounts requests;
  amounts limits;
  bool all_limited = true;

  void take(resource_requirements resources) {
    add(requests, resources.requests());
    all_limited &= add(limits, resources.limits());
  }

  bool nothing() const {
    for (const auto* each : {&requests, &limits})
      for (const auto& amount : *each)
        if (!amount.is_zero())
          return false;
    return true;
  }
};

} // namespace

std::string_view qos_class(view::core_v1::pod_spec spec) {
  sums all;
  if (spec.has_resources()) {
    all.take(spec.resources());
  } else {
    for (auto list : {spec.containers(), spec.init_containers()})
      for (auto container : list)
        all.take(container.resources());
  }
  if (all.nothing())
    return "BestEffort";
  return all.all_limited && all.requests == all.limits ? "Guaranteed"
                                                       : "Burstable";
}

} // namespace troupe::codec
