#pragma once

#include "messages/base/result.hpp"
#include "node/log/log_line.hpp"
#include "node/log/log_parts.hpp"
#include "node/log/log_reader.hpp"

#include <cstdint>
#include <vector>

namespace troupe::container_log {

/// A place in a log: a part and an offset in it, at the start of a record.
struct log_place {
  std::size_t part = 0; ///< index into the parts that were given
  std::uint64_t offset = 0;

  friend bool operator==(const log_place&, const log_place&) = default;
};

/// Where the last `lines` lines begin, reading backwards no further than
/// needed, in blocks. Counts only records that `options` shows. A last line
/// whose end is not written yet counts as one.
result<log_place> find_tail(const std::vector<open_part>& parts,
                            std::uint64_t lines, const read_options& options);

/// Whether a record of this stream is shown.
bool shows(const read_options& options, stream from);

} // namespace troupe::container_log
