#pragma once

#include "runtime/wal/frame.hpp"

#include <functional>
#include <string_view>

/// One file of the log: a header page, then frames, then zeros.
namespace troupe::wal {

/// "wal-<16 hex digits>.log"
std::string segment_name(std::uint64_t number);

/// The number in such a name.
std::optional<std::uint64_t> segment_number(std::string_view name);

struct segment_header {
  identity self;
  frame_place first; ///< of the segment's first frame
  std::uint32_t frame_alignment = 0;
};

/// The header page.
bytes encode_segment_header(const segment_header& header);

/// Reads the header of segment `number`. `corrupt` when it is damaged or
/// another segment's, `unsupported` for a newer format, `conflict` when `self`
/// is given and the file belongs to someone else.
result<segment_header> read_segment_header(bytes_view file,
                                           std::uint64_t number,
                                           const std::optional<identity>& self);

/// `conflict` unless `found` is `self`; the message names both.
status_result check_identity(const identity& found,
                             const std::optional<identity>& self);

/// What lies at `place` when no intact frame that continues the log does.
struct segment_stop {
  bool end = false; ///< nothing but zeros: the log ends here
  verdict kind = verdict::clean;
  std::vector<index_range> ranges;
  std::string what;
  /// A later frame of this segment with a readable head.
  std::optional<frame_place> resume;
};

/// Reads frames from `place` on while they are intact and continue the log;
/// `visit` gets the records of each. Leaves `place` at the stop.
result<segment_stop>
scan_frames(bytes_view file, std::uint32_t alignment, frame_place& place,
            const std::function<void(std::vector<record>)>& visit);

} // namespace troupe::wal
