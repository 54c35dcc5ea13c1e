#pragma once

#include "messages/base/time_point.hpp"

namespace troupe {

/// The two time lines of this machine. The only functions of the project that
/// read a clock: adapters and actor shells call them and hand the result to
/// the cores as input.
wall_time wall_now();
mono_time mono_now();

} // namespace troupe
