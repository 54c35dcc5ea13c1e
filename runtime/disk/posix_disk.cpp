#include "runtime/disk/posix_disk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace troupe {

namespace {

constexpr std::string_view lock_name = "LOCK";
constexpr mode_t file_mode = 0600;

/// A descriptor that closes itself.
class descriptor {
public:
  explicit descriptor(int fd) : fd_(fd) {}

  descriptor(descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }

  descriptor& operator=(descriptor&&) = delete;

  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  int get() const noexcept { return fd_; }

private:
  int fd_;
};

errc code_of(int number) {
  switch (number) {
    case ENOENT:
      return errc::not_found;
    case EEXIST:
      return errc::already_exists;
    case EACCES:
    case EPERM:
    case EROFS:
    case EBADF: // a write to a descriptor opened for reading only
      return errc::permission_denied;
    case ENOSPC:
    case EDQUOT:
      return errc::no_space;
    case EFBIG:
      return errc::too_large;
    case EINVAL:
      return errc::invalid_argument;
    case EWOULDBLOCK:
      return errc::conflict;
    default:
      return errc::io_error;
  }
}

error os_error(std::string_view operation, const std::string& path) {
  const int number = errno;
  return error{code_of(number), std::string{operation} + " " + path + ": "
                                    + std::generic_category().message(number)};
}

/// Repeats a call that a signal interrupted.
template <class F>
auto uninterrupted(F call) {
  auto answer = call();
  while (answer == -1 && errno == EINTR)
    answer = call();
  return answer;
}

status_result outcome(int answer, std::string_view operation,
                      const std::string& path) {
  if (answer == -1)
    return os_error(operation, path);
  return unit{};
}

class posix_file final : public disk_file {
public:
  posix_file(descriptor fd, std::string path)
      : fd_(std::move(fd)), path_(std::move(path)) {}

  result<bytes> read(std::uint64_t offset, std::size_t length) override {
    auto available = size();
    if (!available)
      return available.error();
    // Only what the file holds is allocated, whatever was asked for.
    const auto left = *available > offset ? *available - offset : 0;
    bytes out(std::min<std::uint64_t>(length, left), '\0');
    std::size_t done = 0;
    while (done < out.size()) {
      const auto got = uninterrupted([&] {
        return ::pread(fd_.get(), out.data() + done, out.size() - done,
                       static_cast<off_t>(offset + done));
      });
      if (got < 0)
        return os_error("read", path_);
      if (got == 0)
        break;
      done += static_cast<std::size_t>(got);
    }
    out.resize(done);
    return out;
  }

  status_result write(std::uint64_t offset, bytes_view data) override {
    std::size_t done = 0;
    while (done < data.size()) {
      const auto put = uninterrupted([&] {
        return ::pwrite(fd_.get(), data.data() + done, data.size() - done,
                        static_cast<off_t>(offset + done));
      });
      if (put < 0)
        return os_error("write", path_);
      done += static_cast<std::size_t>(put);
    }
    return unit{};
  }

  status_result sync() override {
    // Also not repeated after EINTR: the error may already be reported.
    return outcome(::fdatasync(fd_.get()), "fdatasync", path_);
  }

  status_result preallocate(std::uint64_t size) override {
    const auto length = static_cast<off_t>(size);
    const int answer =
        uninterrupted([&] { return ::fallocate(fd_.get(), 0, 0, length); });
    if (answer == 0)
      return unit{};
    if (errno != EOPNOTSUPP)
      return os_error("fallocate", path_);
    auto now = this->size();
    if (!now)
      return now.error();
    return *now < size ? truncate(size) : status_result{unit{}};
  }

  status_result truncate(std::uint64_t size) override {
    const int answer = uninterrupted(
        [&] { return ::ftruncate(fd_.get(), static_cast<off_t>(size)); });
    return outcome(answer, "truncate", path_);
  }

  result<std::uint64_t> size() override {
    struct stat info {};
    if (::fstat(fd_.get(), &info) == -1)
      return os_error("stat", path_);
    return static_cast<std::uint64_t>(info.st_size);
  }

private:
  descriptor fd_;
  std::string path_;
};

bool valid_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".."
         && name != lock_name
         && name.find_first_of(std::string_view{"/\0", 2})
                == std::string_view::npos;
}

class posix_disk final : public disk_port {
public:
  posix_disk(descriptor fd, std::string path)
      : fd_(std::move(fd)), path_(std::move(path)) {}

  result<std::unique_ptr<disk_file>> open(std::string_view name,
                                          open_mode mode) override {
    if (auto named = check_name(name); !named)
      return named.error();
    auto opened = open_descriptor(std::string{name}, flags_of(mode));
    if (!opened)
      return opened.error();
    return std::unique_ptr<disk_file>{
        std::make_unique<posix_file>(std::move(*opened), full(name))};
  }

  status_result rename(std::string_view from, std::string_view to) override {
    for (auto name : {from, to})
      if (auto named = check_name(name); !named)
        return named;
    const int answer = ::renameat(fd_.get(), std::string{from}.c_str(),
                                  fd_.get(), std::string{to}.c_str());
    return outcome(answer, "rename", full(from));
  }

  status_result remove(std::string_view name) override {
    if (auto named = check_name(name); !named)
      return named;
    const int answer = ::unlinkat(fd_.get(), std::string{name}.c_str(), 0);
    return outcome(answer, "remove", full(name));
  }

  result<std::vector<std::string>> list() override {
    // A descriptor of its own: directory streams share their position.
    const int fd = ::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd == -1)
      return os_error("open", path_);
    std::unique_ptr<DIR, int (*)(DIR*)> stream{::fdopendir(fd), &::closedir};
    if (!stream) {
      const descriptor closes{fd};
      return os_error("list", path_);
    }
    std::vector<std::string> names;
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(stream.get());
      if (entry == nullptr)
        break;
      if (valid_name(entry->d_name))
        names.emplace_back(entry->d_name);
    }
    if (errno != 0)
      return os_error("list", path_);
    std::sort(names.begin(), names.end());
    return names;
  }

  status_result sync_directory() override {
    return outcome(::fsync(fd_.get()), "fsync", path_);
  }

  status_result lock() override {
    if (lock_)
      return unit{};
    auto opened = open_descriptor(std::string{lock_name}, O_RDWR | O_CREAT);
    if (!opened)
      return opened.error();
    const int answer = uninterrupted(
        [&] { return ::flock(opened->get(), LOCK_EX | LOCK_NB); });
    if (answer == -1 && errno == EWOULDBLOCK)
      return error{errc::conflict,
                   "lock " + full(lock_name)
                       + ": another process has this directory"};
    if (answer == -1)
      return os_error("lock", full(lock_name));
    lock_ = std::make_unique<descriptor>(std::move(*opened));
    return unit{};
  }

private:
  static int flags_of(open_mode mode) {
    switch (mode) {
      case open_mode::existing:
        return O_RDWR;
      case open_mode::create_new:
        return O_RDWR | O_CREAT | O_EXCL;
      case open_mode::read_only:
        break;
    }
    return O_RDONLY;
  }

  result<descriptor> open_descriptor(const std::string& name, int flags) {
    const int fd = uninterrupted([&] {
      return ::openat(fd_.get(), name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW,
                      file_mode);
    });
    if (fd == -1)
      return os_error("open", full(name));
    return descriptor{fd};
  }

  status_result check_name(std::string_view name) const {
    if (valid_name(name))
      return unit{};
    return error{errc::invalid_argument, "'" + std::string{name}
                                             + "' is no name of a file in "
                                             + path_};
  }

  std::string full(std::string_view name) const {
    return path_ + "/" + std::string{name};
  }

  descriptor fd_;
  std::string path_;
  std::unique_ptr<descriptor> lock_;
};

} // namespace

result<std::unique_ptr<disk_port>> open_posix_disk(std::string path) {
  const int fd = uninterrupted(
      [&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (fd == -1)
    return os_error("open", path);
  return std::unique_ptr<disk_port>{
      std::make_unique<posix_disk>(descriptor{fd}, std::move(path))};
}

} // namespace troupe
