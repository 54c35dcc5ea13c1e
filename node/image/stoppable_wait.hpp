#pragma once

#include "messages/base/time_point.hpp"

#include <stop_token>

namespace troupe::image {

/// Waits for `time`, or until `stop` is requested: then false, at once.
bool wait_unless_stopped(const std::stop_token& stop, duration time);

} // namespace troupe::image
