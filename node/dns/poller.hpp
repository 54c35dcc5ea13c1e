#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "node/sys/unique_fd.hpp"

#include <cstdint>
#include <vector>

namespace troupe::dns {

/// Who waits for a descriptor, and for which of theirs.
struct ready {
  std::uint64_t token = 0;
  friend bool operator==(const ready&, const ready&) = default;
};

enum class wish : std::uint8_t { read, write, both, nothing };

/// Waits for descriptors, each with a token; level-triggered. A descriptor that
/// is closed is forgotten.
class poller {
public:
  static result<poller> open();

  status_result add(int fd, std::uint64_t token, wish what) const;
  void change(int fd, std::uint64_t token, wish what) const;

  /// Until one is ready, or this time is over.
  result<std::vector<ready>> wait(duration at_most) const;

private:
  explicit poller(unique_fd fd) : fd_(std::move(fd)) {}

  unique_fd fd_;
};

} // namespace troupe::dns
