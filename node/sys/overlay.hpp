#pragma once

#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <string>
#include <vector>

namespace troupe::sys {

/// Directories of an overlay, all of them the host's. The kernel takes at most
/// 500 lower ones.
struct overlay_layers {
  std::vector<std::string> lower; ///< topmost first
  std::string upper;
  std::string work;
};

/// A writable overlay as a mount that is attached nowhere (`mount_api.hpp`).
result<unique_fd> make_overlay(const overlay_layers& layers);

/// The same as kernels before 6.8 need it, which take all layers at once: by
/// mount(2) in a mount namespace that lasts no longer than the call.
/// `make_overlay` falls back on it.
result<unique_fd> make_overlay_at_once(const overlay_layers& layers);

} // namespace troupe::sys
