#pragma once

#include "node/shim/text.hpp"

/// A container's output on the disk, in the CRI format:
/// `2006-01-02T15:04:05.000000000Z stdout F text`.
namespace troupe::shim {

/// The file, which is renamed to "<name>.<time>" when it is full. Whatever the
/// disk says, a call returns soon: what finds no room is dropped and counted,
/// and the file never ends in the middle of a record.
class log_file {
public:
  /// Takes over the descriptor of the directory. Returns 0 or a negative
  /// errno; a full disk is none.
  long open(int directory, const char* name, std::uint64_t size_max,
            std::uint32_t files_max);

  /// Queues a record; `flush` writes the queue, which all files share, so that
  /// records are queued for one file at a time.
  void append(std::int64_t time, const char* stream, bool partial,
              const char* text, std::size_t size);
  void flush();

  /// Opens the file anew under its name.
  void reopen();

  void close();

  std::uint64_t dropped() const { return dropped_; }

private:
  long open_file();
  void rotate();
  void remove_oldest();

  int directory_ = -1;
  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t size_max_ = 0;
  std::uint32_t files_max_ = 0;
  std::uint64_t dropped_ = 0;
  char name_[64] = {};
};

/// Cuts one stream of output into records.
class line_splitter {
public:
  static constexpr std::size_t size_max = 16 * 1024; ///< of a record's text

  /// Where to read to; `line_splitter` of a running container only.
  void use(char* buffer) {
    buffer_ = buffer;
    fill_ = 0;
    in_line_ = false;
  }

  char* room() { return buffer_ + fill_; }
  std::size_t room_size() const { return size_max - fill_; }

  /// Takes what was read into `room`.
  void added(std::size_t size, std::int64_t time, const char* stream,
             log_file& log);

  /// Ends a line that has no newline.
  void finish(std::int64_t time, const char* stream, log_file& log);

private:
  char* buffer_ = nullptr;
  std::size_t fill_ = 0;
  bool in_line_ = false; ///< a partial record was written
};

} // namespace troupe::shim
