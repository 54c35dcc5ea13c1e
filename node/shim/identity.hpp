#pragma once

#include "node/shim/child.hpp"

namespace troupe::shim {

// The steps that turn a process into a container's. Those that return a number
// return 0 or a negative errno.

/// Closes every descriptor but the standard streams and the report.
long close_descriptors(child_context& context);

/// Takes the user's ids, keeping capabilities for `set_capabilities`.
long become_user(const child_context& context, const step& what);

long set_capabilities(const step& what);
void drop_all_capabilities();
long load_filter(const std::uint64_t* instructions, std::uint32_t count);

/// Executes, searching the PATH of the new environment; returns only a
/// failure. A report without an error goes first: what follows is not known
/// to have failed when the pipe closes. The filter comes last, so that it needs
/// to allow nothing for our sake but execve(2).
outcome execute(const child_context& context, const step& what);

} // namespace troupe::shim
