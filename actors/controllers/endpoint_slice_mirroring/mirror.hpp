#pragma once

#include "actors/controllers/endpoint_slice/endpoint.hpp"
#include "actors/controllers/endpoint_slice/slice_document.hpp"

#include <cstddef>
#include <map>
#include <utility>

namespace troupe::controllers::endpoint_slice_mirroring {

using endpoint_slice::endpoint;
using endpoint_slice::label_map;
using endpoint_slice::ports;

/// Addresses of one subset, and endpoints of one slice, at most: upstream's
/// default.
inline constexpr std::size_t addresses_max = 1000;

inline constexpr std::string_view manager =
    "endpointslicemirroring-controller.k8s.io";

/// What a slice is for: there is one for each.
struct slice_place {
  ip_family family = ip_family::v4;
  endpoint_slice::ports ports;

  friend auto operator<=>(const slice_place&, const slice_place&) = default;
};

/// By identity.
using endpoint_set = std::map<std::string, endpoint>;

/// What the slices of an Endpoints shall hold.
struct mirrored {
  std::map<slice_place, endpoint_set> slices;
  std::size_t invalid = 0; ///< that are no addresses
  std::size_t skipped = 0; ///< one too many in their subset
};

mirrored mirror(view::core_v1::endpoints object);

/// Whether the Endpoints asks to be left alone.
bool is_exempt(view::core_v1::endpoints object);

/// What its slices carry.
label_map labels_for(view::core_v1::endpoints object);
label_map annotations_for(view::core_v1::endpoints object);

bool has_annotations(view::discovery_v1::endpoint_slice slice,
                     const label_map& wanted);

/// As the owner of its slices.
endpoint_slice::slice_owner as_owner(view::core_v1::endpoints object);

/// Gives a slice what it shall hold.
void fill_slice(codec::document& slice, view::core_v1::endpoints object,
                const ports& with, const std::vector<endpoint>& endpoints);

} // namespace troupe::controllers::endpoint_slice_mirroring
