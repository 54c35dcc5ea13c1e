#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::volume {

/// A ConfigMap's or Secret's keys, binary ones included.
using content_map = std::map<std::string, bytes>;

/// One key that becomes the file `path` (relative, may have directories).
struct key_to_path {
  std::string key;
  std::string path;
  std::optional<mode_t> mode; ///< absent: the volume's default mode
};

/// A ConfigMap or Secret as the source of files.
struct keyed_source {
  /// The object's content; absent when the object does not exist.
  std::optional<content_map> content;
  std::string name;               ///< of the object, for error texts
  std::vector<key_to_path> items; ///< empty: every key, under its own name
  bool optional = false;          ///< a missing object or key is no error
};

/// One field of the pod, resolved, as a file.
struct downward_item {
  std::string path;
  bytes value;
  std::optional<mode_t> mode;
};

struct config_map_source {
  keyed_source from;
};

struct secret_source {
  keyed_source from;
};

struct downward_source {
  std::vector<downward_item> items;
};

/// A service account token, fetched by the caller.
struct token_source {
  std::string path;
  bytes token;
};

struct empty_dir {
  bool memory = false; ///< medium Memory: a tmpfs
  /// Bytes the tmpfs holds; absent: the kernel's default (half of the RAM). A
  /// limit on the default medium is held by counting, not here.
  std::optional<std::uint64_t> size_limit;
};

struct host_path {
  std::string path;
  std::string type; ///< as in the API: "", "Directory", "FileOrCreate", ...
};

/// Files made of keys, fields and tokens, in one directory. ConfigMap volumes
/// live on the disk, all other kinds in a tmpfs.
struct config_map_volume {
  keyed_source from;
  mode_t default_mode = 0644;
};

struct secret_volume {
  keyed_source from;
  mode_t default_mode = 0644;
};

struct downward_volume {
  std::vector<downward_item> items;
  mode_t default_mode = 0644;
};

struct projected_volume {
  std::vector<std::variant<config_map_source, secret_source, downward_source,
                           token_source>>
      sources;
  mode_t default_mode = 0644;
};

/// One volume of a pod with everything needed to make it.
struct volume_plan {
  std::string name;
  std::variant<empty_dir, host_path, config_map_volume, secret_volume,
               downward_volume, projected_volume>
      source;
};

/// Whether containers only ever read the volume, whatever their mounts say:
/// what is made of objects. Who could write there could lead the agent, which
/// brings it up to date, to files of the host.
bool is_read_only(const volume_plan& plan);

/// Who owns what is made.
struct ownership {
  /// The pod's fsGroup: group of everything made here, readable to it, and
  /// writable in an emptyDir.
  std::optional<gid_t> fs_group;
  /// The user all containers share, if they do: owner of token files.
  std::optional<uid_t> user;
};

/// Makes the volume, or brings one that exists up to `plan`: calling it again
/// is how a changed ConfigMap reaches its pod. Readers see the files of one
/// plan or of the next, never a mixture: files are reached through the
/// symlink "..data", which is replaced by one rename. A crash in the middle
/// leaves the files as they were, and the next call cleans up. Calls for one
/// pod wait for each other, from whichever thread.
///
/// Returns the absolute path to mount into containers: the host's for a
/// host path, else "<pod directory>/volumes/kubernetes.io~<kind>/<name>".
/// Errors read as upstream's do after "MountVolume.SetUp failed for volume
/// "x" : ". `not_found` means that an object or key it names does not exist.
result<std::string> prepare(const std::string& pod_directory,
                            const volume_plan& plan, const ownership& owner);

/// The same for a volume that `prepare` made; one that is not there, because it
/// was removed meanwhile, is `not_found` and stays away.
status_result refresh(const std::string& pod_directory, const volume_plan& plan,
                      const ownership& owner);

/// Where `prepare` makes volumes of these kinds.
std::string empty_dir_path(const std::string& pod_directory,
                           const std::string& name);
std::string config_map_path(const std::string& pod_directory,
                            const std::string& name);

/// Removes all volumes of a pod: unmounts whatever is mounted below
/// "<pod directory>/volumes", also by an agent that died, then deletes the
/// files. Nothing is deleted while a mount is left there (`conflict`), so a
/// host's files are never reached. A missing directory is removed already.
status_result remove_volumes(const std::string& pod_directory);

/// Opens (O_PATH) `sub_path` inside the directory `volume`. An absolute path or
/// one with ".." is `invalid_argument`; no symlink met leads outside, because
/// the volume is its root. What is missing is made, as directories with the
/// volume's mode. Mount the descriptor, not the path, or a container could
/// swap it in between.
result<unique_fd> open_sub_path(const std::string& volume,
                                std::string_view sub_path);

} // namespace troupe::volume
