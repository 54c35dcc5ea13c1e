#pragma once

#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <string>

namespace troupe::container_log {

/// A descriptor that becomes readable when something changes in a directory or
/// somebody calls `notify`. A user has few inotify instances: when they are
/// used up, time takes their place and the descriptor is readable four times a
/// second.
class log_wake {
public:
  static result<log_wake> watching(const std::string& directory);

  int descriptor() const { return all_.get(); }

  /// Forgets what has happened so far: to be called before looking.
  void drain() const;

  /// From any thread.
  void notify() const;

private:
  log_wake() = default;

  unique_fd all_;     ///< an epoll of the other two
  unique_fd changes_; ///< an inotify, or a timer
  unique_fd told_;
};

} // namespace troupe::container_log
