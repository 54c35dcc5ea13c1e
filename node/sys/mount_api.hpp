#pragma once

#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Mounts as descriptors (mount_setattr(2), open_tree(2), fsopen): made
/// without a place in any mount table, until somebody gives them one. Closing
/// the last descriptor of a mount that was never attached unmounts it.
namespace troupe::sys {

/// A key and its value; an empty value makes the key a flag.
using mount_option = std::pair<std::string, std::string>;

/// A new file system of `type`. Values are at most 255 octets. `attributes`
/// are MOUNT_ATTR_*.
result<unique_fd> make_mount(const std::string& type,
                             const std::vector<mount_option>& options,
                             std::uint64_t attributes);

/// The steps of `make_mount`, for file systems with options that it cannot
/// say: a new context of `type`, ...
result<unique_fd> open_context(const std::string& type);

/// ... an option of it; false and errno when the kernel refuses, ...
bool set_option(const unique_fd& context, const mount_option& option);

/// ... and the mount.
result<unique_fd> finish_mount(const unique_fd& context,
                               const std::string& type,
                               std::uint64_t attributes);

/// A copy of the mount that `path` lies on, from there on; with `recursive`
/// also of those below. `directory` is as in openat(2); an empty `path` means
/// the descriptor itself.
result<unique_fd> clone_mount(int directory, const std::string& path,
                              bool recursive);

/// Changes of a mount.
struct mount_change {
  std::uint64_t set = 0;         ///< MOUNT_ATTR_*
  std::uint64_t propagation = 0; ///< MS_PRIVATE, MS_SLAVE, MS_SHARED or 0
  bool recursive = false;
};

status_result change_mount(const unique_fd& mount, const mount_change& change);

} // namespace troupe::sys
