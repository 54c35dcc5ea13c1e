#pragma once

#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::image {

/// One thing of a layer.
struct tree_entry {
  enum class type : std::uint8_t {
    directory,
    file,
    symlink,   ///< `target` as it stands in the archive
    hard_link, ///< `target` is a cleaned path of the same layer
    device,    ///< character, block or fifo, as `mode` says
  };

  type kind = type::file;
  std::string path; ///< cleaned; "" is the root
  std::string target;
  mode_t mode = 0; ///< permissions; of a device with its file type
  uid_t uid = 0;
  gid_t gid = 0;
  dev_t device = 0;
  timespec modified{};
  std::vector<std::pair<std::string, std::string>> xattrs;
};

/// Writes entries into one directory that nobody else changes meanwhile, the
/// way a layer is meant: later entries replace earlier ones, and a directory
/// that no entry describes looks as in the layer below. A symbolic link on the
/// way to an entry is followed as if the directory were the root, so nothing
/// lands outside, whatever the entries say; what makes no sense is refused with
/// `corrupt`.
class tree_writer {
public:
  /// `below` are the directories of the layers underneath, topmost first.
  tree_writer(unique_fd root, std::vector<std::string> below);

  /// `fill` writes a file's content into the descriptor it is given.
  using filler = std::function<status_result(int fd)>;
  status_result put(const tree_entry& entry, const filler& fill);

  /// Hides `path` of the layers below: an overlayfs whiteout.
  status_result hide(const std::string& path);

  /// Hides all that the layers below have in the directory `path`.
  status_result hide_below(const std::string& path);

  /// Sets the times of directories, which filling them had changed.
  void finish();

private:
  status_result put_directory(const tree_entry& entry, int parent);
  status_result put_file(const tree_entry& entry, int parent,
                         const filler& fill);
  status_result put_symlink(const tree_entry& entry, int parent);
  status_result put_hard_link(const tree_entry& entry, int parent);
  status_result put_device(const tree_entry& entry, int parent);

  status_result make_directory(int parent, const std::string& name,
                               const std::string& path);
  status_result clear(int parent, const std::string& name,
                      const std::string& path);
  /// The descriptor of a directory, made with those above it when absent.
  /// Valid until the next call of any member.
  result<int> directory(std::string_view path, bool make);
  result<unique_fd> step_into(int parent, const std::string& path, bool make);
  status_result dress_implied(int fd, const std::string& path);

  unique_fd root_;
  std::vector<std::string> below_;
  std::string open_path_; ///< of open_, the directory used last
  unique_fd open_;
  std::map<std::string, timespec> times_; ///< of directories, by path
};

} // namespace troupe::image
