#pragma once

#include "messages/base/ip.hpp"
#include "messages/view/core_v1.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe::controllers::endpoint_slice {

/// discovery/v1 Endpoint, as far as controllers write it.
struct endpoint {
  std::vector<std::string> addresses;
  std::optional<bool> ready;
  std::optional<bool> serving;
  std::optional<bool> terminating;
  std::string hostname;
  std::string kind; ///< of what it is: "Pod"
  std::string ns;   ///< of the pod
  std::string name; ///< of the pod
  std::string uid;  ///< of the pod
  std::string node;
  std::string zone;
  std::vector<std::string> for_zones;
  std::vector<std::string> for_nodes;

  /// Says that it is the same member, whatever its state.
  std::string identity() const;

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// discovery/v1 EndpointPort.
struct port {
  std::string name;
  std::string protocol;
  std::optional<std::int64_t> number;
  std::optional<std::string> app_protocol;

  friend auto operator<=>(const port&, const port&) = default;
};

using ports = std::vector<port>; ///< sorted

/// What of `pod` stands in the slices of `service` for a family; no addresses
/// when it has none of it. `zone` is its node's.
endpoint endpoint_of(view::core_v1::service service, view::core_v1::pod pod,
                     ip_family family, std::string_view zone);

/// The Service's ports as the pod has them; those it lacks are left out.
ports ports_of(view::core_v1::service service, view::core_v1::pod pod);

} // namespace troupe::controllers::endpoint_slice
