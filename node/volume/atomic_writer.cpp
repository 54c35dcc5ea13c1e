#include "node/volume/atomic_writer.hpp"

#include "messages/meta/time.hpp"
#include "node/sys/file_tree.hpp"
#include "node/sys/os_error.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

namespace troupe::volume {

namespace {

constexpr auto data_link = "..data";
constexpr auto new_data_link = "..data_tmp";
constexpr mode_t directory_mode = 0755;
constexpr mode_t group_directory_mode = 02755;
constexpr mode_t permission_bits = 07777;

std::string read_link(const std::string& path) {
  std::array<char, 4096> target;
  const auto length = ::readlink(path.c_str(), target.data(), target.size());
  return length < 0
             ? std::string{}
             : std::string{target.data(), static_cast<std::size_t>(length)};
}

result<std::vector<std::string>> list(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open{::opendir(path.c_str()),
                                                 ::closedir};
  if (!open)
    return sys::os_error("open", path);
  std::vector<std::string> names;
  while (const auto* entry = ::readdir(open.get()))
    if (const std::string_view name{entry->d_name}; name != "." && name != "..")
      names.emplace_back(name);
  return names;
}

status_result write_all(const unique_fd& fd, bytes_view data,
                        const std::string& path) {
  while (!data.empty()) {
    const auto count = ::write(fd.get(), data.data(), data.size());
    if (count < 0 && errno != EINTR)
      return sys::os_error("write", path);
    if (count > 0)
      data.remove_prefix(static_cast<std::size_t>(count));
  }
  return unit{};
}

/// The bytes of a file that is `size` long; nothing when it is not.
std::optional<bytes> read_exactly(const std::string& path, std::size_t size) {
  const unique_fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  bytes data(size + 1, '\0');
  std::size_t done = 0;
  while (fd && done < data.size()) {
    const auto count = ::read(fd.get(), data.data() + done, data.size() - done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      break;
    done += static_cast<std::size_t>(count);
  }
  if (!fd || done != size)
    return std::nullopt;
  data.resize(size);
  return data;
}

class atomic_writer {
public:
  atomic_writer(const std::string& directory, const file_set& files,
                std::optional<gid_t> group, wall_time now)
      : directory_(directory), files_(files), group_(group), now_(now) {}

  status_result run() {
    current_ = read_link(below(data_link));
    if (!holds_files(current_)) {
      auto fresh = write_fresh();
      if (!fresh)
        return fresh.error();
      if (auto shown = show(*fresh); !shown)
        return shown;
      current_ = *fresh;
    }
    if (auto linked = make_links(); !linked)
      return linked;
    return remove_stale();
  }

private:
  std::string below(std::string_view name) const {
    return directory_ + "/" + std::string{name};
  }

  /// Whether the data directory of this name has the files and no others.
  bool holds_files(const std::string& name) const {
    if (name.empty())
      return false;
    std::set<std::string> present;
    if (!collect(below(name), "", present) || present.size() != files_.size())
      return false;
    return std::all_of(files_.begin(), files_.end(), [&](const auto& it) {
      return present.contains(it.first)
             && is_as_planned(below(name) + "/" + it.first, it.second);
    });
  }

  static bool collect(const std::string& directory, const std::string& prefix,
                      std::set<std::string>& paths) {
    const auto names = list(directory);
    if (!names)
      return false;
    for (const auto& name : *names) {
      struct stat status {};
      const auto path = directory + "/" + name;
      if (::lstat(path.c_str(), &status) != 0)
        return false;
      if (!S_ISDIR(status.st_mode))
        paths.insert(prefix + name);
      else if (!collect(path, prefix + name + "/", paths))
        return false;
    }
    return true;
  }

  bool is_as_planned(const std::string& path, const planned_file& file) const {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)
        || (status.st_mode & permission_bits) != file.mode
        || (group_ && status.st_gid != *group_)
        || (file.owner && status.st_uid != *file.owner))
      return false;
    return read_exactly(path, file.data.size()) == file.data;
  }

  /// A new data directory with all files; its name.
  result<std::string> write_fresh() const {
    auto stamp = meta::format_time(now_);
    stamp.pop_back(); // the Z
    std::replace_if(
        stamp.begin(), stamp.end(),
        [](char c) { return c == '-' || c == ':' || c == 'T'; }, '_');
    auto path = below(".." + stamp + ".XXXXXX");
    if (::mkdtemp(path.data()) == nullptr)
      return sys::os_error("mkdir", path);
    for (const auto& [name, file] : files_)
      if (auto written = write_file(path, name, file); !written)
        return given_up(path, written.error());
    if (auto shared = share_directory(path); !shared)
      return given_up(path, shared.error());
    return path.substr(directory_.size() + 1);
  }

  static error given_up(const std::string& path, error why) {
    static_cast<void>(sys::delete_tree(path)); // or the next call does it
    return why;
  }

  status_result write_file(const std::string& top, const std::string& name,
                           const planned_file& file) const {
    if (auto made = make_parents(top, name); !made)
      return made;
    const auto path = top + "/" + name;
    const unique_fd fd{
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (!fd)
      return sys::os_error("create", path);
    if (auto written = write_all(fd, file.data, path); !written)
      return written;
    constexpr uid_t same_user = -1;
    constexpr gid_t same_group = -1;
    if ((group_ || file.owner)
        && ::fchown(fd.get(), file.owner.value_or(same_user),
                    group_.value_or(same_group))
               != 0)
      return sys::os_error("chown", path);
    // Last: a change of owner clears some bits, and a read-only mode is no
    // obstacle to what is open already.
    if (::fchmod(fd.get(), file.mode) != 0)
      return sys::os_error("chmod", path);
    return unit{};
  }

  status_result make_parents(const std::string& top,
                             const std::string& name) const {
    for (auto slash = name.find('/'); slash != std::string::npos;
         slash = name.find('/', slash + 1)) {
      const auto path = top + "/" + name.substr(0, slash);
      if (::mkdir(path.c_str(), directory_mode) != 0) {
        if (errno == EEXIST)
          continue;
        return sys::os_error("mkdir", path);
      }
      if (auto shared = share_directory(path); !shared)
        return shared;
    }
    return unit{};
  }

  status_result share_directory(const std::string& path) const {
    if (group_ && ::chown(path.c_str(), -1, *group_) != 0)
      return sys::os_error("chown", path);
    if (::chmod(path.c_str(), group_ ? group_directory_mode : directory_mode)
        != 0)
      return sys::os_error("chmod", path);
    return unit{};
  }

  /// The one step that readers see.
  status_result show(const std::string& fresh) const {
    const auto link = below(new_data_link);
    if (::unlink(link.c_str()) != 0 && errno != ENOENT)
      return sys::os_error("delete", link);
    if (::symlink(fresh.c_str(), link.c_str()) != 0)
      return sys::os_error("link", link);
    if (::rename(link.c_str(), below(data_link).c_str()) != 0)
      return sys::os_error("rename", link);
    return unit{};
  }

  std::set<std::string> top_names() const {
    std::set<std::string> names;
    for (const auto& [path, file] : files_)
      names.insert(path.substr(0, path.find('/')));
    return names;
  }

  status_result make_links() const {
    for (const auto& name : top_names()) {
      const auto target = std::string{data_link} + "/" + name;
      const auto link = below(name);
      if (read_link(link) == target)
        continue;
      if (::symlink(target.c_str(), link.c_str()) != 0)
        return sys::os_error("link", link);
    }
    return unit{};
  }

  /// Links to what is gone, data directories not shown, half-made links.
  status_result remove_stale() const {
    const auto present = list(directory_);
    if (!present)
      return present.error();
    const auto wanted = top_names();
    for (const auto& name : *present)
      if (auto gone = remove_if_stale(name, wanted); !gone)
        return gone;
    return unit{};
  }

  status_result remove_if_stale(const std::string& name,
                                const std::set<std::string>& wanted) const {
    if (name == data_link || name == current_ || wanted.contains(name))
      return unit{};
    const auto path = below(name);
    const bool is_link = !read_link(path).empty();
    if (!is_link)
      return name.starts_with("..") ? sys::delete_tree(path)
                                    : status_result{unit{}};
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
      return sys::os_error("delete", path);
    return unit{};
  }

  const std::string& directory_;
  const file_set& files_;
  std::optional<gid_t> group_;
  wall_time now_;
  std::string current_;
};

} // namespace

status_result write_files(const std::string& directory, const file_set& files,
                          std::optional<gid_t> group, wall_time now) {
  return atomic_writer{directory, files, group, now}.run();
}

} // namespace troupe::volume
