#pragma once

#include "messages/api/options.hpp"
#include "messages/view/core_v1.hpp"

#include <string>
#include <string_view>

namespace troupe::gateway {

/// The container a call means: the one named, which must be in the pod, or the
/// only one. Refusals are upstream's (registry/core/pod validateContainer).
api::parsed<std::string> choose_container(view::core_v1::pod pod,
                                          std::string_view asked);

} // namespace troupe::gateway
