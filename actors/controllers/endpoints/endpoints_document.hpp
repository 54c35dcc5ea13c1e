#pragma once

#include "actors/controllers/endpoints/subsets.hpp"
#include "messages/codec/document.hpp"
#include "messages/view/core_v1.hpp"

#include <map>
#include <string_view>

namespace troupe::controllers::endpoints {

inline constexpr std::string_view managed_by_label =
    "endpoints.kubernetes.io/managed-by";
inline constexpr std::string_view manager = "endpoint-controller";

using label_map = std::map<std::string, std::string, std::less<>>;

/// What the controller writes of an Endpoints.
struct content {
  label_map labels;
  std::vector<subset> subsets;
  bool truncated = false;

  friend bool operator==(const content&, const content&) = default;
};

content content_of(view::core_v1::endpoints object);

/// The labels of a Service's Endpoints: its own and those that tell whose they
/// are.
label_map labels_for(view::core_v1::service service);

/// An Endpoints of the Service's name, without content.
codec::document new_endpoints(view::core_v1::service service);

void fill_endpoints(codec::document& object, const content& with);

} // namespace troupe::controllers::endpoints
