#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe::controllers::endpoints {

/// Addresses of one Endpoints at most.
inline constexpr std::size_t addresses_max = 1000;

/// core/v1 EndpointAddress of a pod, in the order of addresses.
struct address {
  std::string ip;
  std::string uid; ///< of the pod
  std::string ns;
  std::string name;
  std::string node;
  std::string hostname;

  friend auto operator<=>(const address&, const address&) = default;
};

/// core/v1 EndpointPort.
struct port {
  std::string name;
  std::int64_t number = 0;
  std::string protocol;
  std::optional<std::string> app_protocol;

  friend auto operator<=>(const port&, const port&) = default;
};

/// core/v1 EndpointSubset; every list is sorted.
struct subset {
  std::vector<address> ready;
  std::vector<address> not_ready;
  std::vector<port> ports;

  friend auto operator<=>(const subset&, const subset&) = default;
};

/// A pod's address and what it answers on.
struct member {
  endpoints::address address;
  bool ready = false;
  std::vector<port> ports; ///< none: of a Service without ports
};

/// Groups ports that the same addresses, as ready, answer on.
std::vector<subset> pack(const std::vector<member>& members);

/// Leaves `addresses_max` in all: those that are ready first, and of each
/// subset its share. Whether some had to go.
bool truncate(std::vector<subset>& subsets);

} // namespace troupe::controllers::endpoints
