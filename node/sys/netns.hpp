#pragma once

#include "messages/base/result.hpp"
#include "node/sys/netlink.hpp"
#include "node/sys/unique_fd.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// Network namespaces (network_namespaces(7)) pinned by a bind mount, so that
/// they outlive every process and are found again by their path. Needs
/// CAP_SYS_ADMIN.
namespace troupe::sys {

/// An open network namespace; it lives at least as long as this value.
class netns {
public:
  /// The namespace of the calling thread.
  static result<netns> current();

  /// The one pinned at `path`; `not_found` when there is no such file or
  /// nothing is pinned on it, as after a reboot.
  static result<netns> open(const std::string& path);

  /// The one pinned at `path`, or a new one, pinned there; the file is made in
  /// an existing directory. A new namespace holds lo alone, which is down.
  static result<netns> open_or_create(const std::string& path);

  int fd() const noexcept { return fd_.get(); }

  /// Whether both are the same namespace.
  bool operator==(const netns& other) const noexcept {
    return device_ == other.device_ && inode_ == other.inode_;
  }

  /// Runs `body` inside, on a thread of its own: the calling thread stays
  /// where it is. Returns when `body` has; `unavailable` when no thread could
  /// be started.
  status_result run(const std::function<status_result()>& body) const;

  /// A netlink socket inside.
  result<netlink> open_netlink() const;

  /// Writes a sysctl of this namespace: {"net/ipv4/ip_forward", "1"}.
  status_result set_sysctl(std::string_view name, std::string_view value) const;

private:
  explicit netns(unique_fd fd, std::uint64_t device, std::uint64_t inode)
      : fd_(std::move(fd)), device_(device), inode_(inode) {}

  static result<netns> from_file(unique_fd fd, const std::string& path);

  unique_fd fd_;
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
};

/// Takes the pin at `path` away and removes the file: the namespace ends with
/// its last process or open file. Done when there is none. A file on which
/// nothing is pinned is removed too, but only when it is empty.
status_result unpin_netns(const std::string& path);

} // namespace troupe::sys
