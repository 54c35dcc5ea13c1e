#pragma once

#include "messages/schema/descriptor.hpp"

#include <string_view>

namespace troupe::gateway {

/// What clients are told about a resource that others came after, in upstream's
/// words; "" if nothing.
std::string_view deprecation_of(const schema::resource_desc& resource);

} // namespace troupe::gateway
