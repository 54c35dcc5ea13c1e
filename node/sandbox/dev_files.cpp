#include "node/sandbox/dev_files.hpp"

#include "node/sys/mount_api.hpp"
#include "node/sys/os_error.hpp"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace troupe::sandbox {

namespace {

struct usual_device {
  const char* name;
  unsigned major;
  unsigned minor;
};

constexpr usual_device usual_devices[] = {{"null", 1, 3},    {"zero", 1, 5},
                                          {"full", 1, 7},    {"random", 1, 8},
                                          {"urandom", 1, 9}, {"tty", 5, 0}};

constexpr std::pair<const char*, const char*> links[] = {
    {"fd", "/proc/self/fd"},       {"stdin", "/proc/self/fd/0"},
    {"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"},
    {"ptmx", "pts/ptmx"},          {"core", "/proc/kcore"}};

constexpr const char* directories[] = {"pts", "shm", "mqueue"};

/// A node below `dev`, with its mode whatever the process's mask. One that is
/// there stays.
status_result make_node(const unique_fd& dev, const std::string& name,
                        mode_t mode, dev_t number) {
  if (mknodat(dev.get(), name.c_str(), mode, number) != 0)
    return errno == EEXIST ? status_result{unit{}}
                           : sys::os_error("make the device", name);
  if (fchmodat(dev.get(), name.c_str(), mode & 07777, 0) != 0)
    return sys::os_error("make the device", name);
  return unit{};
}

/// Makes the directories above a device; the tmpfs is ours alone.
void make_parents(const unique_fd& dev, const std::string& name) {
  for (auto at = name.find('/'); at != std::string::npos;
       at = name.find('/', at + 1))
    mkdirat(dev.get(), name.substr(0, at).c_str(), 0755);
}

status_result add_device(const unique_fd& dev, const device_spec& device) {
  constexpr std::string_view front = "/dev/";
  const bool known = device.type == 'c' || device.type == 'b';
  if (!known || !device.path.starts_with(front)
      || device.path.find("..") != std::string::npos)
    return error{errc::invalid_argument,
                 "the device " + device.path + " is not one below /dev"};
  const auto name = device.path.substr(front.size());
  make_parents(dev, name);
  const mode_t type = device.type == 'c' ? S_IFCHR : S_IFBLK;
  auto made = make_node(dev, name, type | (device.mode & 0777),
                        makedev(device.major, device.minor));
  if (made
      && fchownat(dev.get(), name.c_str(), device.uid, device.gid,
                  AT_SYMLINK_NOFOLLOW)
             != 0)
    return sys::os_error("give away the device", device.path);
  return made;
}

/// The host's devices for a privileged container. What vanishes meanwhile is
/// left out; terminals are the container's own.
status_result add_host_devices(const unique_fd& dev) {
  namespace fs = std::filesystem;
  std::error_code failed;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at{"/dev", options, failed}, end;
       !failed && at != end; at.increment(failed)) {
    const auto path = at->path().string();
    struct stat about = {};
    if (lstat(path.c_str(), &about) != 0)
      continue;
    if (S_ISDIR(about.st_mode)
        && (path == "/dev/pts" || path == "/dev/shm" || path == "/dev/mqueue"))
      at.disable_recursion_pending();
    if ((!S_ISCHR(about.st_mode) && !S_ISBLK(about.st_mode))
        || path == "/dev/console" || path == "/dev/ptmx")
      continue;
    const device_spec device{path,
                             S_ISCHR(about.st_mode) ? 'c' : 'b',
                             major(about.st_rdev),
                             minor(about.st_rdev),
                             about.st_mode & 0777,
                             about.st_uid,
                             about.st_gid};
    if (auto added = add_device(dev, device); !added)
      return added;
  }
  return unit{};
}

status_result add_usual(const unique_fd& dev, bool tty) {
  for (const auto& [name, major, minor] : usual_devices)
    if (auto made = make_node(dev, name, S_IFCHR | 0666, makedev(major, minor));
        !made)
      return made;
  for (const auto& [name, to] : links)
    if (symlinkat(to, dev.get(), name) != 0)
      return sys::os_error("make the link", name);
  for (const auto* name : directories)
    if (mkdirat(dev.get(), name, 0755) != 0)
      return sys::os_error("make the directory", name);
  if (tty)
    return make_node(dev, "console", S_IFREG | 0620, 0);
  return unit{};
}

} // namespace

result<unique_fd> make_dev(const container_spec& spec) {
  auto dev = sys::make_mount(
      "tmpfs", {{"source", "tmpfs"}, {"mode", "755"}, {"size", "65536k"}},
      MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME);
  if (!dev)
    return dev;
  // The mount's own descriptor names it only: this one is its directory.
  unique_fd root{openat(dev->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!root)
    return sys::os_error("open", "a container's /dev");
  auto made = add_usual(root, spec.tty);
  if (made && spec.security.privileged)
    made = add_host_devices(root);
  for (const auto& device : spec.devices)
    if (made)
      made = add_device(root, device);
  if (!made)
    return made.error();
  return dev;
}

result<unique_fd> make_devpts() {
  return sys::make_mount("devpts",
                         {{"source", "devpts"},
                          {"newinstance", ""},
                          {"ptmxmode", "0666"},
                          {"mode", "0620"},
                          {"gid", "5"}},
                         MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
}

} // namespace troupe::sandbox
