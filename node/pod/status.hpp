#pragma once

#include "messages/codec/document.hpp"
#include "node/pod/config.hpp"
#include "node/pod/observed.hpp"

#include <string_view>

namespace troupe::view::core_v1 {
class pod;
} // namespace troupe::view::core_v1

namespace troupe::pod {

/// The complete v1.PodStatus for what is observed, as a document whose root is
/// that object. `pod` carries the status before: conditions that are not the
/// node's stay, transition times move only when a condition's status does, a
/// terminal phase stays. `codec::equal` with the status before says whether
/// there is anything to write. Source: Kubernetes' pod lifecycle.
codec::document compute_status(const view::core_v1::pod& pod,
                               const observed_pod& observed, wall_time now,
                               const pod_config& config);

/// A copy of a Pod with this status: the body of an update of pods/status.
codec::document with_status(const codec::document& pod,
                            const codec::document& status);

/// Pending, Running, Succeeded or Failed, from what is observed alone, except
/// that a terminal phase in the pod's status stays.
std::string_view compute_phase(const view::core_v1::pod& pod,
                               const observed_pod& observed);

} // namespace troupe::pod
