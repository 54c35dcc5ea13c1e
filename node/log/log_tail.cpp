#include "node/log/log_tail.hpp"

#include "node/sys/os_error.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace troupe::container_log {

namespace {

constexpr std::uint64_t block_size = 64 * 1024;

status_result read_at(const unique_fd& fd, std::uint64_t offset, bytes& into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const auto count = ::pread(fd.get(), into.data() + done, into.size() - done,
                               static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return sys::os_error("read", "a log");
    if (count == 0)
      return error{errc::corrupt, "a log became shorter while it was read"};
    done += static_cast<std::size_t>(count);
  }
  return unit{};
}

/// Counts lines from the last record to the first.
class line_counter {
public:
  line_counter(std::uint64_t wanted, const read_options& options)
      : wanted_(wanted), options_(options) {}

  /// Whether the wanted lines begin after this record.
  bool begins_after(bytes_view record_head) {
    const auto line = parse_line(record_head);
    if (!line || !shows(options_, line->from))
      return false;
    const bool ends_line = !line->partial || first_;
    first_ = false;
    if (!ends_line)
      return false;
    return counted_++ == wanted_;
  }

private:
  std::uint64_t wanted_;
  const read_options& options_;
  std::uint64_t counted_ = 0;
  bool first_ = true;
};

/// Walks one part backwards, block by block. `begins` of a record is known when
/// the newline before it is met; `head_` keeps what followed the block, so that
/// a record that lies across two blocks still has its head in one piece.
class backward_walk {
public:
  backward_walk(const unique_fd& fd, line_counter& counter)
      : fd_(fd), counter_(counter) {}

  /// The offset after the record at which the counter stops.
  result<std::optional<std::uint64_t>> run() {
    struct stat status {};
    if (::fstat(fd_.get(), &status) != 0)
      return sys::os_error("stat", "a log");
    auto start = static_cast<std::uint64_t>(status.st_size);
    while (start > 0 && !found_) {
      const auto length = std::min(start, block_size);
      start -= length;
      bytes block(length, '\0');
      if (auto read = read_at(fd_, start, block); !read)
        return read.error();
      walk_block(block + head_, length, start);
      head_ = (block + head_).substr(0, record_head_max);
    }
    if (!found_)
      take_record(head_, 0);
    return found_;
  }

private:
  void walk_block(bytes_view text, std::uint64_t length, std::uint64_t start) {
    for (auto at = length; at-- > 0 && !found_;)
      if (text[at] == '\n') {
        take_record(text.substr(at + 1), start + at + 1);
        end_ = start + at + 1;
      }
  }

  /// A record begins at `offset` and ends at the newline met last. What
  /// follows the very last newline is not written completely.
  void take_record(bytes_view from_start, std::uint64_t offset) {
    if (!end_ || *end_ <= offset)
      return;
    const auto size =
        std::min<std::uint64_t>(*end_ - 1 - offset, record_head_max);
    if (counter_.begins_after(from_start.substr(0, size)))
      found_ = end_;
  }

  const unique_fd& fd_;
  line_counter& counter_;
  bytes head_;
  std::optional<std::uint64_t> end_;
  std::optional<std::uint64_t> found_;
};

} // namespace

bool shows(const read_options& options, stream from) {
  return from == stream::standard_output ? options.standard_output
                                         : options.standard_error;
}

result<log_place> find_tail(const std::vector<open_part>& parts,
                            std::uint64_t lines, const read_options& options) {
  line_counter counter{lines, options};
  for (auto index = parts.size(); index-- > 0;) {
    const auto found = backward_walk{parts[index].fd, counter}.run();
    if (!found)
      return found.error();
    if (*found)
      return log_place{index, **found};
  }
  return log_place{};
}

} // namespace troupe::container_log
