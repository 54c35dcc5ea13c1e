#include "node/log/log_reader.hpp"

#include "node/log/log_line.hpp"
#include "node/log/log_parts.hpp"
#include "node/log/log_tail.hpp"
#include "node/log/log_wake.hpp"
#include "node/sys/os_error.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <limits>

namespace troupe::container_log {

namespace {

constexpr std::size_t piece_size = 64 * 1024;
// Writers cut lines at 16 KiB: what is longer without a newline is no record.
constexpr std::size_t record_max = 256 * 1024;

/// Turns a part's bytes into output: records filtered, stripped and joined.
class line_printer {
public:
  explicit line_printer(const read_options& options)
      : options_(options), remaining_(options.limit_bytes.value_or(
                               std::numeric_limits<std::uint64_t>::max())) {}

  /// Takes more of the file and appends what comes of it.
  void take(bytes_view piece, bytes& output) {
    unfinished_.append(piece);
    bytes_view rest = unfinished_;
    for (auto end = rest.find('\n'); end != bytes_view::npos && !is_full();
         end = rest.find('\n')) {
      if (!std::exchange(in_garbage_, false))
        print(rest.substr(0, end), output);
      rest.remove_prefix(end + 1);
    }
    unfinished_ = bytes{rest};
    if (unfinished_.size() > record_max)
      drop_unfinished(true);
  }

  /// The file is over: what has no newline was cut off by a crash.
  void end_of_part() {
    if (!unfinished_.empty())
      drop_unfinished(false);
    in_garbage_ = false;
  }

  /// Whether the limit is reached.
  bool is_full() const { return remaining_ == 0; }

  std::uint64_t skipped() const { return skipped_; }

private:
  void drop_unfinished(bool goes_on) {
    unfinished_.clear();
    if (!in_garbage_)
      ++skipped_;
    in_garbage_ = goes_on;
  }

  void print(bytes_view record, bytes& output) {
    const auto line = parse_line(record);
    if (!line) {
      ++skipped_;
      return;
    }
    if (!shows(options_, line->from)
        || (options_.since && line->time < *options_.since))
      return;
    if (options_.timestamps && at_line_start_)
      emit(format_log_time(line->time) + ' ', output);
    emit(line->text, output);
    if (!line->partial)
      emit("\n", output);
    at_line_start_ = !line->partial;
  }

  void emit(bytes_view text, bytes& output) {
    const auto count = std::min<std::uint64_t>(text.size(), remaining_);
    output.append(text.substr(0, count));
    remaining_ -= count;
  }

  const read_options& options_;
  std::uint64_t remaining_;
  bytes unfinished_;
  bool in_garbage_ = false;
  bool at_line_start_ = true;
  std::uint64_t skipped_ = 0;
};

/// Reads one part after the other:
///
///     reading --1--> lingering --2--> reading the next part
///        |
///        3--> waiting, or over
///
/// 1: the end of the part is reached and another part follows. 2: it is
/// reached again: what was written before the rotation has been read. 3: it is
/// reached and no part follows.
class file_log_reader final : public log_reader {
public:
  file_log_reader(std::string directory, std::uint32_t restart,
                  const read_options& options)
      : directory_(std::move(directory)), restart_(restart), options_(options),
        printer_(options_) {}

  status_result open() {
    if (options_.follow) {
      // Before the first look: what changes afterwards wakes.
      auto wake = log_wake::watching(directory_);
      if (!wake)
        return wake.error();
      wake_ = std::move(*wake);
    }
    auto parts = open_parts(directory_, restart_);
    if (!parts)
      return parts.error();
    if (!parts->empty())
      return start(*parts);
    if (options_.follow)
      return unit{};
    return error{errc::not_found, "open " + directory_ + "/"
                                      + file_name(restart_)
                                      + ": No such file or directory"};
  }

  result<log_chunk> next() override {
    if (wake_)
      wake_->drain();
    // Asked before the file: what was written before the end is found.
    const bool over = over_;
    log_chunk chunk;
    if (printer_.is_full())
      return chunk;
    const auto count =
        part_ ? read_piece(chunk.data) : result<std::uint64_t>{0};
    if (!count)
      return count.error();
    if (printer_.is_full())
      return chunk;
    const auto then = *count > 0 ? log_chunk::state::more : at_end(over);
    if (!then)
      return then.error();
    chunk.then = *then;
    return chunk;
  }

  int wake_descriptor() const override {
    return wake_ ? wake_->descriptor() : -1;
  }

  void container_over() override {
    over_ = true;
    if (wake_)
      wake_->notify();
  }

  std::uint64_t skipped() const override { return printer_.skipped(); }

private:
  /// Where a reader that does not follow stops, however fast others write.
  struct last_place {
    ino_t inode;
    std::uint64_t size;
  };

  status_result start(std::vector<open_part>& parts) {
    struct stat status {};
    if (::fstat(parts.back().fd.get(), &status) != 0)
      return sys::os_error("stat", parts.back().part.name);
    if (!options_.follow)
      last_ = {status.st_ino, static_cast<std::uint64_t>(status.st_size)};
    log_place place;
    if (options_.tail_lines) {
      const auto found = find_tail(parts, *options_.tail_lines, options_);
      if (!found)
        return found.error();
      place = *found;
    }
    part_ = std::move(parts[place.part]);
    offset_ = place.offset;
    return unit{};
  }

  bool is_in_last() const {
    return last_ && part_ && part_->part.inode == last_->inode;
  }

  /// Reads one piece of the part; zero octets at its end.
  result<std::uint64_t> read_piece(bytes& output) {
    bytes piece(piece_size, '\0');
    if (is_in_last())
      piece.resize(std::min<std::uint64_t>(
          piece_size, last_->size - std::min(last_->size, offset_)));
    auto count = ::pread(part_->fd.get(), piece.data(), piece.size(),
                         static_cast<off_t>(offset_));
    while (count < 0 && errno == EINTR)
      count = ::pread(part_->fd.get(), piece.data(), piece.size(),
                      static_cast<off_t>(offset_));
    if (count < 0)
      return sys::os_error("read", directory_ + "/" + part_->part.name);
    const auto length = static_cast<std::uint64_t>(count);
    offset_ += length;
    printer_.take(bytes_view{piece}.substr(0, length), output);
    return length;
  }

  result<log_chunk::state> at_end(bool over) {
    if (is_in_last())
      return log_chunk::state::end;
    auto following =
        open_next_part(directory_, restart_,
                       part_ ? std::optional{part_->part.inode} : std::nullopt);
    if (!following)
      return following.error();
    if (!following->has_value())
      return over || !options_.follow ? log_chunk::state::end
                                      : log_chunk::state::waiting;
    if (part_ && !std::exchange(lingering_, true))
      return log_chunk::state::more;
    printer_.end_of_part();
    part_ = std::move(**following);
    offset_ = 0;
    lingering_ = false;
    return log_chunk::state::more;
  }

  std::string directory_;
  std::uint32_t restart_;
  read_options options_;
  line_printer printer_;
  std::optional<log_wake> wake_;
  std::optional<open_part> part_;
  std::uint64_t offset_ = 0;
  bool lingering_ = false;
  std::optional<last_place> last_;
  std::atomic<bool> over_ = false;
};

} // namespace

result<std::unique_ptr<log_reader>> open_log(const std::string& directory,
                                             std::uint32_t restart,
                                             const read_options& options) {
  auto reader = std::make_unique<file_log_reader>(directory, restart, options);
  if (auto opened = reader->open(); !opened)
    return opened.error();
  return std::unique_ptr<log_reader>{std::move(reader)};
}

} // namespace troupe::container_log
