#pragma once

#include "messages/view/core_v1.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::scheduler {

/// An amount of one resource that is counted, not measured, such as a device:
/// "example.com/gpu", "hugepages-2Mi".
struct scalar {
  std::string name;
  std::int64_t amount = 0;

  friend bool operator==(const scalar&, const scalar&) = default;
};

/// Amounts of resources, in the units the scheduler reckons with.
struct amounts {
  std::int64_t milli_cpu = 0;
  std::int64_t memory = 0;            ///< octets
  std::int64_t ephemeral_storage = 0; ///< octets
  std::vector<scalar> scalars;        ///< sorted by name

  /// 0 when there is none.
  std::int64_t scalar_of(std::string_view name) const;

  bool nothing() const;

  /// Adds `by` times (1 or -1) the other amounts.
  void add(const amounts& other, int by);

  friend bool operator==(const amounts&, const amounts&) = default;
};

/// What a resource list says. "pods" is no amount of these: see `pods_of`.
amounts read_amounts(const view::map<std::string_view>& list);

/// Value of "pods" in a resource list; 0 when absent.
std::int64_t pods_of(const view::map<std::string_view>& list);

/// What a pod asks of its node: the sum over its containers and sidecars, or
/// the most an init container needs beside the sidecars before it, plus the
/// overhead; requests of the pod as a whole come first. While a resize is
/// under way, the larger of what is wanted and what is in force.
///
/// Kubernetes: "Sidecar containers", "Resource sharing within containers".
amounts pod_requests(const view::core_v1::pod& pod);

/// As above, with a guess for each container that asks for no cpu or no
/// memory, so that scores see that such a pod takes something, too.
amounts guessed_requests(const view::core_v1::pod& pod);

} // namespace troupe::scheduler
