#pragma once

#include "messages/base/result.hpp"
#include "node/volume/volumes.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::volume {

/// One file to be.
struct planned_file {
  bytes data;
  mode_t mode = 0644;
  std::optional<uid_t> owner;

  friend bool operator==(const planned_file&, const planned_file&) = default;
};

/// Files by their path below the volume. Paths are valid and no file is the
/// directory of another.
using file_set = std::map<std::string, planned_file>;

/// What the volume's sources come to. Pure. Later sources of a projected
/// volume take the place of earlier ones on the same path.
result<file_set> plan_files(const config_map_volume& volume,
                            const ownership& owner);
result<file_set> plan_files(const secret_volume& volume,
                            const ownership& owner);
result<file_set> plan_files(const downward_volume& volume,
                            const ownership& owner);
result<file_set> plan_files(const projected_volume& volume,
                            const ownership& owner);

/// Refuses what could leave the volume or meet the writer's own names.
status_result check_file_path(std::string_view path);

} // namespace troupe::volume
