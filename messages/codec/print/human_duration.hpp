#pragma once

#include "messages/base/time_point.hpp"

#include <string>

namespace troupe::codec {

/// A span of time as Kubernetes' tables write it: two units at most, the more
/// the shorter it is ("45s", "2m3s", "3h5m", "2d1h", "45d", "2y3d", "9y").
/// Clocks may disagree by less than two seconds, which reads "0s"; spans
/// further below zero read "<invalid>". Units are cut, not rounded; a year has
/// 365 days.
std::string human_duration(duration span);

} // namespace troupe::codec
