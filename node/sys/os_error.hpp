#pragma once

#include "messages/base/errc.hpp"
#include "messages/base/result.hpp"

#include <string>
#include <string_view>

namespace troupe::sys {

/// The code that stands for an errno value: EBUSY and the like are `conflict`,
/// a lack of descriptors or memory `unavailable`.
errc code_of(int number);

/// The failure that errno tells of: "<operation> <subject>: <reason>".
error os_error(std::string_view operation, std::string_view subject);

} // namespace troupe::sys
