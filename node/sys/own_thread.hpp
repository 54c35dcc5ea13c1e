#pragma once

#include "messages/base/result.hpp"

#include <functional>

namespace troupe::sys {

/// Runs `body` on a thread of its own and waits for its end: what the kernel
/// keeps for each thread, such as its namespaces and its working directory,
/// changes for nobody else.
status_result on_own_thread(const std::function<status_result()>& body);

} // namespace troupe::sys
