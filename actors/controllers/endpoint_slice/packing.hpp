#pragma once

#include "actors/controllers/endpoint_slice/endpoint.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace troupe::controllers::endpoint_slice {

/// Endpoints of one slice at most, upstream's default.
inline constexpr std::size_t endpoints_per_slice_max = 100;

/// By identity.
using endpoint_set = std::map<std::string, endpoint>;

/// A slice that is there.
struct packed_slice {
  std::vector<endpoint> endpoints;
  /// It is written anyway.
  bool outdated = false;
};

/// What becomes of the slices of one Service, family and set of ports.
struct packing {
  enum class fate : std::uint8_t { keep, write, remove };

  /// One for each slice that is there, with the endpoints it shall have.
  std::vector<fate> fates;
  std::vector<std::vector<endpoint>> contents;
  std::vector<std::vector<endpoint>> created;
};

/// Puts the wanted endpoints into slices:
///
/// 1. each stays where it is, in its new state; who is not wanted goes;
/// 2. slices that are written anyway are filled up, the fullest first;
/// 3. the rest goes into the one slice it fills best, and into new ones.
packing pack(const std::vector<packed_slice>& slices, endpoint_set wanted);

} // namespace troupe::controllers::endpoint_slice
