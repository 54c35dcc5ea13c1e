#pragma once

#include "actors/controllers/endpoint_slice/endpoint.hpp"
#include "messages/codec/document.hpp"
#include "messages/view/discovery_v1.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::controllers::endpoint_slice {

inline constexpr std::string_view manager = "endpointslice-controller.k8s.io";
inline constexpr std::string_view managed_by_label =
    "endpointslice.kubernetes.io/managed-by";
inline constexpr std::string_view service_name_label =
    "kubernetes.io/service-name";

std::vector<endpoint> endpoints_in(view::discovery_v1::endpoint_slice slice);
ports ports_in(view::discovery_v1::endpoint_slice slice);

using label_map = std::map<std::string, std::string, std::less<>>;

/// The labels of a Service's slices: its own and those that name it.
label_map labels_for(view::core_v1::service service);

bool has_labels(view::discovery_v1::endpoint_slice slice,
                const label_map& wanted);

/// Whose slices they are.
struct slice_owner {
  std::string_view kind; ///< of the core group: "Service"
  view::meta_v1::object_meta metadata;
};

/// Whether the slice is the owner's, and not one's of the name before it.
bool belongs_to(view::discovery_v1::endpoint_slice slice,
                const slice_owner& owner);

/// A slice without content, as it is created.
codec::document new_slice(const slice_owner& owner, std::string_view name,
                          ip_family family);

/// Gives a slice its labels and its content.
void fill_slice(codec::document& slice, const label_map& labels,
                const ports& with, const std::vector<endpoint>& endpoints);

/// "web-", or "web" where that is too long: what names of slices begin with.
std::string name_base(std::string_view service);

} // namespace troupe::controllers::endpoint_slice
