#pragma once

#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

namespace troupe::image {

/// A lock on one thing of the store, held until destroyed, against all other
/// threads and processes: an open-file-description lock (fcntl(2)) on one
/// octet of the store's lock file, so that no lock files pile up and a killed
/// process holds none. Two things whose keys meet in 63 bits share a lock,
/// which costs time only. Who holds several took a parent layer's before its
/// child's.
class store_lock {
public:
  enum class mode : std::uint8_t { shared, exclusive };

  /// Waits until the lock is free; `unavailable` once `stop` is requested.
  static result<store_lock> acquire(const std::string& file,
                                    const std::string& key, mode how,
                                    std::stop_token stop);

  /// Empty when another holds it.
  static result<std::optional<store_lock>>
  try_acquire(const std::string& file, const std::string& key, mode how);

private:
  explicit store_lock(unique_fd fd) : fd_{std::move(fd)} {}

  unique_fd fd_;
};

} // namespace troupe::image
