#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"

#include <string>

namespace troupe::codec {

/// How long ago a time was, as tables write it. Null, and whatever is no time,
/// reads "<unknown>".
std::string age_text(const node* time, wall_time now);

} // namespace troupe::codec
