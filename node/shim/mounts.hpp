#pragma once

#include "node/shim/child.hpp"

namespace troupe::shim {

// The steps that mount. Each returns 0 or a negative errno.

long mount_root(child_context& context, const step& what);
long mount_descriptor(child_context& context, const step& what);
long mount_filesystem(child_context& context, const step& what);
long bind_inside(const step& what);
long mask_path(const step& what);
long make_read_only(const char* path);
long remount_read_only(const char* path);

/// Makes the mount at `root` the root directory; the old one goes.
long enter_root(int root);

/// A new tmpfs, attached nowhere, that holds nothing and takes nothing.
long make_empty_mount();

} // namespace troupe::shim
