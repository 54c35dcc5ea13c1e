#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::container_log {

/// "<logs>/<namespace>_<pod>_<uid>": the directory of a pod's logs.
std::string pod_directory(std::string_view logs, std::string_view namespace_,
                          std::string_view pod, std::string_view uid);

/// "<restart>.log": the log of one run of a container, in the directory
/// "<pod directory>/<container>". Its older parts are beside it as
/// "<restart>.log.<timestamp>", which sort by age.
std::string file_name(std::uint32_t restart);

/// The runs of which `directory` has a log, oldest first. A directory that
/// does not exist has none.
result<std::vector<std::uint32_t>> restarts(const std::string& directory);

/// What of a log to read.
struct read_options {
  /// Only the last so many lines. A line is what its writer ended with a
  /// newline, however many records hold it. Absent: all.
  std::optional<std::uint64_t> tail_lines;
  /// Only records written at or after this time.
  std::optional<wall_time> since;
  /// At most so many bytes of output, timestamps included; the last line is
  /// cut.
  std::optional<std::uint64_t> limit_bytes;
  /// Each line begins with its time (RFC 3339, nine digits) and a blank.
  bool timestamps = false;
  bool standard_output = true; ///< records of stdout
  bool standard_error = true;  ///< records of stderr
  /// Go on at the end until the container is over.
  bool follow = false;
};

/// What a call of `next` brought.
struct log_chunk {
  enum class state : std::uint8_t {
    more,    ///< call again
    waiting, ///< nothing now: call again when the wake descriptor is readable
    end,     ///< nothing ever again
  };
  state then = state::end;
  bytes data; ///< may be empty in every state; whole lines unless cut
};

/// Reads one run's log: its rotated parts, then its current file. It has no
/// thread and keeps at most some hundred KiB. Lines that are no CRI records
/// are skipped. One thread calls `next`; `container_over` may come from any.
///
///     auto reader = open_log(directory, 0, {.tail_lines = 10});
///     for (;;) {
///       auto chunk = (*reader)->next();
///       if (!chunk || !send(chunk->data) || chunk->then == state::end)
///         break;
///       if (chunk->then == state::waiting)
///         wait_readable((*reader)->wake_descriptor());
///     }
class log_reader {
public:
  virtual ~log_reader() = default;

  /// Reads on: one bounded piece of the files, so that a caller with much to
  /// do can stop between pieces.
  virtual result<log_chunk> next() = 0;

  /// A descriptor that is readable (poll, epoll) when `next` may bring more.
  /// It belongs to the reader. -1 unless following.
  virtual int wake_descriptor() const = 0;

  /// Tells a following reader that nobody writes this log any more: it reads
  /// to the end of the file, then ends.
  virtual void container_over() = 0;

  /// Lines skipped because they were no records.
  virtual std::uint64_t skipped() const = 0;
};

/// Opens the log of run `restart` in `directory`. `not_found` when it has no
/// file, unless following: then the file is waited for.
result<std::unique_ptr<log_reader>> open_log(const std::string& directory,
                                             std::uint32_t restart,
                                             const read_options& options);

} // namespace troupe::container_log
