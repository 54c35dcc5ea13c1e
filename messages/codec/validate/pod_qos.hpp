#pragma once

#include "messages/view/core_v1.hpp"

#include <string_view>

namespace troupe::codec {

/// Guaranteed, Burstable or BestEffort, by requests and limits of cpu and
/// memory (Kubernetes documentation, "Pod Quality of Service Classes").
std::string_view qos_class(view::core_v1::pod_spec spec);

} // namespace troupe::codec
