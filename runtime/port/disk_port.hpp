#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// An open file. Not safe for concurrent use. Closing flushes nothing. Every
/// error names the file and the operation; a full disk is `no_space`.
class disk_file {
public:
  virtual ~disk_file() = default;

  /// Reads up to `length` octets at `offset`; fewer only at the end.
  virtual result<bytes> read(std::uint64_t offset, std::size_t length) = 0;

  /// Writes all of `data` at `offset`, extending the file as needed. Until
  /// `sync` returns, a crash may keep any part of it, or none. After an error
  /// any part of it may be there.
  virtual status_result write(std::uint64_t offset, bytes_view data) = 0;

  /// Makes earlier writes, and the size they need, durable (fdatasync). After
  /// a failure what is durable is unknown and the caller must end: a second
  /// try would report success for data the kernel has dropped.
  virtual status_result sync() = 0;

  /// Reserves space up to `size`; the file reads zero where nothing was
  /// written, and writes below `size` need no more space. Never shrinks.
  virtual status_result preallocate(std::uint64_t size) = 0;

  /// Cuts the file at `size`, or extends it with zeros.
  virtual status_result truncate(std::uint64_t size) = 0;

  virtual result<std::uint64_t> size() = 0;
};

/// One flat directory of files. Names are 1 to 255 octets without '/' or NUL,
/// and neither "." nor ".."; others are `invalid_argument`. Calls on the port
/// itself may come from several threads; a file belongs to one. A file stays
/// usable after it was renamed or removed, and must not outlive the port.
///
/// Implementations: `posix_disk`, and `sim_disk` whose faults a test scripts;
/// both pass tests/contract/disk.
class disk_port {
public:
  virtual ~disk_port() = default;

  enum class open_mode {
    existing,   ///< read and write; `not_found` when absent
    create_new, ///< `already_exists` when present
    read_only,  ///< as `existing`; a write is `permission_denied`
  };

  virtual result<std::unique_ptr<disk_file>> open(std::string_view name,
                                                  open_mode mode) = 0;

  /// Replaces `to` atomically. Durable after `sync_directory`.
  virtual status_result rename(std::string_view from, std::string_view to) = 0;

  /// `not_found` when absent.
  virtual status_result remove(std::string_view name) = 0;

  /// Names of all files, sorted, without the lock's own.
  virtual result<std::vector<std::string>> list() = 0;

  /// Makes creations, renames and removals durable.
  virtual status_result sync_directory() = 0;

  /// Takes the directory for this process until the port dies; `conflict`
  /// when another port has it.
  virtual status_result lock() = 0;
};

} // namespace troupe
