#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"

#include <string_view>

namespace troupe::controllers::nodes {

/// A condition of a pod, without its times.
struct pod_condition {
  std::string_view type;
  std::string_view status;
  std::string_view reason;
  std::string_view message;
};

/// Gives a pod this condition; its transition time moves when the status does.
/// False when the pod has it already.
bool set_condition(codec::document& pod, const pod_condition& wanted,
                   wall_time now);

/// Says "False" where the pod says that it is ready, and leaves reason and
/// message. False when it does not say so.
bool set_not_ready(codec::document& pod, wall_time now);

} // namespace troupe::controllers::nodes
