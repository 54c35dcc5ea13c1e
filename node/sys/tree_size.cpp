#include "node/sys/tree_size.hpp"

#include "node/sys/beneath.hpp"
#include "node/sys/os_error.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <memory>
#include <set>
#include <string_view>
#include <vector>

namespace troupe::sys {

namespace {

constexpr std::int64_t block_size = 512; // of stx_blocks, whatever the disk's
/// A path this long gets a descriptor of its own, from which paths go on: no
/// path grows past what the kernel takes.
constexpr std::size_t path_max = 2048;
constexpr std::size_t bases_max = 64;

using base_ptr = std::shared_ptr<const unique_fd>;

/// A directory to look into, by its path from another that is held open.
struct place {
  base_ptr base;
  std::string path;
};

/// Depth first, so that few directories are known and not yet looked into.
class tree_walk {
public:
  tree_walk(base_ptr top, const tree_size_limits& limits) : limits_(limits) {
    pending_.push_back({std::move(top), "."});
  }

  tree_size run() {
    while (!pending_.empty() && !(limits_.stop && limits_.stop())) {
      auto at = std::move(pending_.back());
      pending_.pop_back();
      pending_octets_ -= at.path.size();
      if (at.path.size() > path_max)
        rebase(at);
      look_into(at);
    }
    out_.whole = out_.whole && pending_.empty();
    return out_;
  }

  void add(const struct statx& status) {
    if (status.stx_nlink > 1 && !S_ISDIR(status.stx_mode)
        && !linked_.insert(status.stx_ino).second)
      return;
    out_.octets += static_cast<std::int64_t>(status.stx_blocks) * block_size;
  }

private:
  void rebase(place& at) {
    std::erase_if(bases_, [](const auto& each) { return each.expired(); });
    auto fd =
        open_beneath(*at.base, at.path, O_PATH | O_DIRECTORY, bounds::one_name);
    if (!fd || bases_.size() == bases_max)
      return;
    at = {std::make_shared<const unique_fd>(std::move(*fd)), "."};
    bases_.push_back(at.base);
  }

  void look_into(const place& at) {
    auto fd =
        open_beneath(*at.base, at.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
                     bounds::one_name);
    const std::unique_ptr<DIR, int (*)(DIR*)> listing{
        fd ? ::fdopendir(fd->get()) : nullptr, ::closedir};
    if (!listing) {
      const bool gone = !fd && fd.error().code == errc::not_found;
      out_.whole = out_.whole && gone;
      return;
    }
    fd->release(); // closedir closes it
    while (const auto* entry = ::readdir(listing.get())) {
      const std::string_view name{entry->d_name};
      if (name == "." || name == "..")
        continue;
      if (entries_ == limits_.entries_max) {
        out_.whole = false;
        return;
      }
      ++entries_;
      take(::dirfd(listing.get()), at, entry->d_name);
    }
  }

  void take(int directory, const place& at, const char* name) {
    struct statx status {};
    if (::statx(directory, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT,
                STATX_BASIC_STATS, &status)
            != 0
        || (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0)
      return;
    add(status);
    if (S_ISDIR(status.stx_mode))
      remember({at.base, at.path + "/" + name});
  }

  void remember(place below) {
    if (pending_octets_ + below.path.size() > limits_.pending_max) {
      out_.whole = false;
      return;
    }
    pending_octets_ += below.path.size();
    pending_.push_back(std::move(below));
  }

  const tree_size_limits& limits_;
  tree_size out_;
  std::vector<place> pending_;
  std::size_t pending_octets_ = 1;
  std::size_t entries_ = 0;
  std::set<std::uint64_t> linked_; ///< with several names, counted already
  std::vector<std::weak_ptr<const unique_fd>> bases_;
};

} // namespace

result<tree_size> measure_tree(const std::string& path,
                               const tree_size_limits& limits) {
  const auto top = std::make_shared<const unique_fd>(
      ::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct statx status {};
  if (!*top
      || ::statx(top->get(), "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status)
             != 0)
    return os_error("open", path);
  if (!S_ISDIR(status.stx_mode))
    return tree_size{static_cast<std::int64_t>(status.stx_blocks) * block_size,
                     true};
  tree_walk walk{top, limits};
  walk.add(status);
  return walk.run();
}

} // namespace troupe::sys
