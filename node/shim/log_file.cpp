#include "node/shim/log_file.hpp"

#include <fcntl.h>
#include <linux/unistd.h>

namespace troupe::shim {

namespace {

/// Records on their way to a file; empty between two streams' turns.
struct queue {
  char text[64 * 1024];
  std::size_t used;
  std::size_t output; ///< octets of the container's in it
};

queue waiting;

struct directory_entry {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t size;
  std::uint8_t type;
  char name[];
};

/// The smallest name in the listing that begins with `front`, and how many do.
std::size_t find_oldest(int directory, const char* front, char (&oldest)[256]) {
  alignas(8) char listing[4096];
  std::size_t count = 0;
  for (;;) {
    const auto size =
        kernel(__NR_getdents64, directory, listing, sizeof(listing));
    if (size <= 0)
      return count;
    for (long at = 0; at < size;) {
      const auto& entry =
          *reinterpret_cast<const directory_entry*>(listing + at);
      at += entry.size;
      if (!begins_with(entry.name, front))
        continue;
      const auto length = strlen(entry.name) + 1;
      if (++count == 1 || memcmp(entry.name, oldest, length) < 0)
        memcpy(oldest, entry.name, length);
    }
  }
}

} // namespace

long log_file::open(int directory, const char* name, std::uint64_t size_max,
                    std::uint32_t files_max) {
  directory_ = directory;
  size_max_ = size_max;
  files_max_ = files_max > 0 ? files_max : 1;
  dropped_ = 0;
  text_writer{name_}.add(name);
  const auto result = open_file();
  return result == -ENOSPC || result == -EDQUOT ? 0 : result;
}

long log_file::open_file() {
  const auto fd =
      kernel(__NR_openat, directory_, name_,
             O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (fd < 0)
    return fd;
  fd_ = static_cast<int>(fd);
  const auto size = kernel(__NR_lseek, fd_, 0, SEEK_END);
  size_ = size > 0 ? static_cast<std::uint64_t>(size) : 0;
  return 0;
}

void log_file::append(std::int64_t time, const char* stream, bool partial,
                      const char* text, std::size_t size) {
  constexpr std::size_t front_size = 64;
  if (sizeof(waiting.text) - waiting.used < front_size + size + 1)
    flush();
  text_writer out{waiting.text + waiting.used, front_size};
  add_time(out, time, false);
  out.add(" ").add(stream).add(partial ? " P " : " F ");
  waiting.used += out.size();
  memcpy(waiting.text + waiting.used, text, size);
  waiting.used += size;
  waiting.text[waiting.used++] = '\n';
  waiting.output += size;
}

void log_file::flush() {
  if (waiting.used == 0)
    return;
  if (fd_ >= 0 && size_ > 0 && size_ + waiting.used > size_max_)
    rotate();
  if (fd_ < 0)
    open_file();
  const auto written =
      fd_ < 0 ? -EBADF
              : kernel_retry(__NR_write, fd_, waiting.text, waiting.used);
  if (written == static_cast<long>(waiting.used)) {
    size_ += waiting.used;
  } else {
    dropped_ += waiting.output;
    if (written > 0)
      kernel(__NR_ftruncate, fd_, size_);
  }
  waiting.used = 0;
  waiting.output = 0;
}

void log_file::rotate() {
  char to[128];
  text_writer out{to};
  out.add(name_).add(".");
  add_time(out, wall_now(), true);
  close_descriptor(fd_);
  if (kernel(__NR_renameat2, directory_, name_, directory_, to, 0) == 0)
    remove_oldest();
  open_file();
}

void log_file::remove_oldest() {
  char front[80];
  text_writer{front}.add(name_).add(".");
  const auto listed = kernel(__NR_openat, directory_, ".",
                             O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (listed < 0)
    return;
  // Each round removes one; more than one is there only after a restart with
  // a lower limit.
  char oldest[256];
  while (find_oldest(static_cast<int>(listed), front, oldest) >= files_max_
         && kernel(__NR_unlinkat, directory_, oldest, 0) == 0)
    kernel(__NR_lseek, listed, 0, SEEK_SET);
  kernel(__NR_close, listed);
}

void log_file::reopen() {
  close_descriptor(fd_);
  open_file();
}

void log_file::close() {
  close_descriptor(fd_);
  close_descriptor(directory_);
}

void line_splitter::added(std::size_t size, std::int64_t time,
                          const char* stream, log_file& log) {
  std::size_t begin = 0;
  const auto end = fill_ + size;
  for (auto at = fill_; at < end; ++at) {
    if (buffer_[at] != '\n')
      continue;
    log.append(time, stream, false, buffer_ + begin, at - begin);
    begin = at + 1;
    in_line_ = false;
  }
  if (begin == 0 && end == size_max) {
    log.append(time, stream, true, buffer_, end);
    begin = end;
    in_line_ = true;
  }
  fill_ = end - begin;
  if (begin > 0 && fill_ > 0)
    memmove(buffer_, buffer_ + begin, fill_);
  log.flush();
}

void line_splitter::finish(std::int64_t time, const char* stream,
                           log_file& log) {
  if (fill_ > 0 || in_line_)
    log.append(time, stream, false, buffer_, fill_);
  fill_ = 0;
  in_line_ = false;
  log.flush();
}

} // namespace troupe::shim
