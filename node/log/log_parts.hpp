#pragma once

#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe::container_log {

/// One file of a run's log. Rotation renames files but keeps their inode,
/// which therefore is the file's identity as long as a descriptor is open.
struct log_part {
  std::string name;
  ino_t inode = 0;

  friend bool operator==(const log_part&, const log_part&) = default;
};

struct open_part {
  log_part part;
  unique_fd fd;
};

/// The files of run `restart`, oldest first; the one being written, if there
/// is one, is last.
result<std::vector<log_part>> list_parts(const std::string& directory,
                                         std::uint32_t restart);

/// Opens the part that follows `after`, or the oldest without one. When `after`
/// is not there any more, all that is there is newer. Nothing when none
/// follows. Sees a rotation that happens meanwhile as before or as after it.
result<std::optional<open_part>> open_next_part(const std::string& directory,
                                                std::uint32_t restart,
                                                std::optional<ino_t> after);

/// Opens all parts of a run, as they are before or after a rotation that
/// happens meanwhile.
result<std::vector<open_part>> open_parts(const std::string& directory,
                                          std::uint32_t restart);

} // namespace troupe::container_log
