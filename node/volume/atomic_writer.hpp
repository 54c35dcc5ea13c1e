#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "node/volume/file_set.hpp"

#include <optional>
#include <string>

namespace troupe::volume {

/// Makes `directory` show exactly `files`:
///
///     directory/..2026_01_01_00_00_00.Xy12Zw/cfg/a   the files
///     directory/..data -> ..2026_01_01_00_00_00.Xy12Zw
///     directory/cfg -> ..data/cfg
///
/// New files go to a new directory, then "..data" is replaced by one rename,
/// then links and directories that are no longer needed go. When the files are
/// there already with their modes and group, nothing is written. A call
/// finishes what an interrupted one left. One caller at a time.
///
/// `directory` exists and no one else writes to it; `now` names the directory.
status_result write_files(const std::string& directory, const file_set& files,
                          std::optional<gid_t> group, wall_time now);

} // namespace troupe::volume
