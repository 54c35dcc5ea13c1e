#include "bootstrap/cluster/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

namespace troupe::cluster {

namespace {

errc code_of(int number) {
  switch (number) {
    case ENOENT:
      return errc::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
      return errc::permission_denied;
    case ENOSPC:
    case EDQUOT:
      return errc::no_space;
    default:
      return errc::io_error;
  }
}

error system_error(const std::string& path, int number) {
  return {code_of(number),
          path + ": " + std::generic_category().message(number)};
}

class open_file {
public:
  open_file(const std::string& path, int flags)
      : fd_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {}

  ~open_file() {
    if (fd_ >= 0)
      close(fd_);
  }

  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;

  explicit operator bool() const { return fd_ >= 0; }

  int fd() const { return fd_; }

private:
  int fd_;
};

bool read_all(int fd, std::string& out, std::size_t most) {
  char part[16 * 1024];
  while (out.size() <= most) {
    const auto n = read(fd, part, sizeof part);
    if (n == 0)
      return true;
    if (n > 0)
      out.append(part, static_cast<std::size_t>(n));
    else if (errno != EINTR)
      return false;
  }
  return true;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto n = write(fd, text.data(), text.size());
    if (n >= 0)
      text.remove_prefix(static_cast<std::size_t>(n));
    else if (errno != EINTR)
      return false;
  }
  return true;
}

/// Root must not take a file away from whose it is: `sudo` may keep HOME.
void keep_owner(const std::string& path, int replacement) {
  struct stat old {};
  if (stat(path.c_str(), &old) == 0) [[maybe_unused]]
    auto n = fchown(replacement, old.st_uid, old.st_gid);
}

status_result sync_parent(const std::string& path) {
  const auto parent = std::filesystem::path{path}.parent_path().string();
  open_file directory{parent, O_RDONLY | O_DIRECTORY};
  if (!directory || fsync(directory.fd()) != 0)
    return system_error(parent, errno);
  return unit{};
}

} // namespace

result<std::string> read_file(const std::string& path) {
  open_file file{path, O_RDONLY};
  if (!file)
    return system_error(path, errno);
  std::string out;
  if (!read_all(file.fd(), out, file_octets_max))
    return system_error(path, errno);
  if (out.size() > file_octets_max)
    return error{errc::too_large, path + ": larger than 4 MiB"};
  return out;
}

status_result write_file(const std::string& path, std::string_view text) {
  const auto beside = path + ".new." + std::to_string(getpid());
  {
    open_file file{beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW};
    if (!file)
      return system_error(path, errno);
    keep_owner(path, file.fd());
    if (!write_all(file.fd(), text) || fsync(file.fd()) != 0) {
      const auto failed = system_error(path, errno);
      unlink(beside.c_str());
      return failed;
    }
  }
  if (rename(beside.c_str(), path.c_str()) != 0) {
    const auto failed = system_error(path, errno);
    unlink(beside.c_str());
    return failed;
  }
  return sync_parent(path);
}

result<bool> make_directory(const std::string& path) {
  std::error_code failed;
  std::vector<std::string> missing;
  for (std::filesystem::path at{path};
       !at.empty() && !std::filesystem::exists(at, failed);
       at = at.parent_path())
    missing.push_back(at);
  const bool made = std::filesystem::create_directories(path, failed);
  if (failed)
    return system_error(path, failed.value());
  if (chmod(path.c_str(), 0700) != 0)
    return system_error(path, errno);
  // What is stored below must not be lost with a directory's name.
  for (auto& each : missing)
    if (auto synced = sync_parent(each); !synced)
      return synced.error();
  return made;
}

status_result remove_tree(const std::string& path) {
  std::error_code failed;
  std::filesystem::remove_all(path, failed);
  if (failed)
    return system_error(path, failed.value());
  return unit{};
}

std::string read_tail(const std::string& path, std::size_t octets) {
  open_file file{path, O_RDONLY};
  struct stat about {};
  if (!file || fstat(file.fd(), &about) != 0)
    return {};
  const auto size = static_cast<std::size_t>(about.st_size);
  if (size > octets)
    lseek(file.fd(), static_cast<off_t>(size - octets), SEEK_SET);
  std::string out;
  read_all(file.fd(), out, octets);
  return out;
}

} // namespace troupe::cluster
