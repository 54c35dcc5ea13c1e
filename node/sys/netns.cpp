#include "node/sys/netns.hpp"

#include "node/sys/os_error.hpp"
#include "node/sys/own_thread.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

namespace troupe::sys {

namespace {

constexpr const char* own_namespace = "/proc/thread-self/ns/net";

/// Pins may lie on one another when a crash came at a bad moment; more than
/// these were not made here.
constexpr int pins_max = 16;

bool is_namespace(int fd) {
  struct statfs about {};
  return fstatfs(fd, &about) == 0 && about.f_type == NSFS_MAGIC;
}

/// Gives the calling thread a new namespace and pins it.
status_result enter_new(const std::string& path) {
  if (unshare(CLONE_NEWNET) != 0)
    return os_error("make", "a network namespace");
  if (mount(own_namespace, path.c_str(), nullptr, MS_BIND, nullptr) != 0)
    return os_error("pin a network namespace at", path);
  return unit{};
}

status_result make_file(const std::string& path) {
  const unique_fd fd{
      ::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!fd)
    return os_error("create", path);
  return unit{};
}

} // namespace

result<netns> netns::from_file(unique_fd fd, const std::string& path) {
  struct stat about {};
  if (fstat(fd.get(), &about) != 0)
    return os_error("look at the namespace", path);
  return netns{std::move(fd), about.st_dev, about.st_ino};
}

result<netns> netns::current() {
  unique_fd fd{::open(own_namespace, O_RDONLY | O_CLOEXEC)};
  if (!fd)
    return os_error("open", own_namespace);
  return from_file(std::move(fd), own_namespace);
}

result<netns> netns::open(const std::string& path) {
  constexpr std::string_view attempt = "open the network namespace";
  unique_fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!fd)
    return os_error(attempt, path);
  if (!is_namespace(fd.get()))
    return error{errc::not_found, std::string{attempt} + " " + path
                                      + ": nothing is pinned there"};
  return from_file(std::move(fd), path);
}

result<netns> netns::open_or_create(const std::string& path) {
  auto there = open(path);
  if (there || there.error().code != errc::not_found)
    return there;
  if (auto made = make_file(path); !made)
    return made.error();
  if (auto made = on_own_thread([&] { return enter_new(path); }); !made)
    return made.error();
  return open(path);
}

status_result netns::run(const std::function<status_result()>& body) const {
  return on_own_thread([&]() -> status_result {
    if (setns(fd_.get(), CLONE_NEWNET) != 0)
      return os_error("enter", "a network namespace");
    return body();
  });
}

result<netlink> netns::open_netlink() const {
  std::optional<netlink> out;
  const auto done = run([&]() -> status_result {
    auto opened = netlink::open();
    if (!opened)
      return opened.error();
    out = std::move(*opened);
    return unit{};
  });
  if (!done)
    return done.error();
  return std::move(*out);
}

status_result netns::set_sysctl(std::string_view name,
                                std::string_view value) const {
  const auto path = "/proc/sys/" + std::string{name};
  return run([&]() -> status_result {
    const unique_fd fd{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
    if (!fd)
      return os_error("write", path);
    if (write(fd.get(), value.data(), value.size()) < 0)
      return os_error("write", path);
    return unit{};
  });
}

status_result unpin_netns(const std::string& path) {
  const std::string attempt = "remove the network namespace";
  for (int i = 0; i < pins_max; ++i) {
    const unique_fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (!fd)
      return errno == ENOENT ? status_result{unit{}}
                             : status_result{os_error(attempt, path)};
    if (!is_namespace(fd.get())) {
      struct stat about {};
      if (fstat(fd.get(), &about) != 0)
        return os_error(attempt, path);
      if (!S_ISREG(about.st_mode) || about.st_size != 0)
        return error{errc::invalid_argument,
                     attempt + " " + path + ": it is another kind of file"};
      if (unlink(path.c_str()) != 0 && errno != ENOENT)
        return os_error(attempt, path);
      return unit{};
    }
    // The open file above would keep the mount busy without MNT_DETACH.
    if (umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0)
      return os_error(attempt, path);
  }
  return error{errc::io_error,
               attempt + " " + path + ": it is pinned again and again"};
}

} // namespace troupe::sys
