#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"
#include "runtime/base/prng.hpp"

#include <memory>
#include <optional>
#include <string>

/// coordination.k8s.io/v1 Leases as an election reads and writes them.
namespace troupe::singleton {

/// Empty: nobody.
std::string holder_of(const codec::document& lease);

/// For how long a renewal counts; none when the Lease does not say.
std::optional<duration> duration_of(const codec::document& lease);

std::string renew_time_of(const codec::document& lease);

/// A time as a Lease says it.
std::string time_text(wall_time when);

/// A uuid's text.
std::string new_identity(prng& random);

struct lease_values {
  std::string name;
  std::string ns;
  std::string holder;
  duration lasts;
  std::string renew_time;
  /// The holder is a new one: the times begin, and the transitions count on.
  bool anew = false;
};

/// How long a lease that was given back is said to last: as client-go's.
inline constexpr duration free_lease_duration = std::chrono::seconds{1};

/// The Lease with these values; what else it had `before` stays.
std::shared_ptr<const codec::document>
make_lease(const lease_values& values, const codec::document* before);

/// The same Lease, held by nobody from `time` on.
std::shared_ptr<const codec::document> free_lease(const codec::document& held,
                                                  const std::string& time);

} // namespace troupe::singleton
