#include "node/image/content_store.hpp"
#include "node/image/digest.hpp"
#include "node/image/file_tools.hpp"
#include "node/sys/file_tree.hpp"
#include "node/sys/os_error.hpp"
#include "runtime/base/entropy.hpp"

#include <dirent.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

namespace troupe::image {

using sys::os_error;

namespace {

constexpr std::size_t lease_size_max = 1024 * 1024;
constexpr std::array<std::string_view, 9> directories = {
    "blobs/sha256", "layers",    "images", "names", "pins",
    "incoming",     "unpacking", "trash",  "leases"};
/// Where `replace_file` writes.
constexpr std::array<std::string_view, 4> drafting = {"blobs/sha256", "images",
                                                      "names", "pins"};

/// Files a crash kept from being renamed; no one writes one meanwhile.
void remove_drafts(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir{opendir(directory.c_str()),
                                                closedir};
  while (const auto* entry = dir ? readdir(dir.get()) : nullptr)
    if (std::string_view{entry->d_name}.starts_with(".draft-"))
      unlinkat(dirfd(dir.get()), entry->d_name, 0);
}

} // namespace

result<content_store> content_store::open(std::string root) {
  content_store out{std::move(root)};
  for (const auto& directory : directories)
    if (auto made = sys::make_directories(out.at(directory), 0700); !made)
      return made.error();
  const auto lock = out.lock_store(store_lock::mode::exclusive);
  if (!lock)
    return lock.error();
  if (auto swept = out.sweep(); !swept)
    return swept.error();
  return out;
}

/// Half-done work whose worker is gone. A layer being unpacked is locked.
status_result content_store::sweep() const {
  for (const auto& directory : drafting)
    remove_drafts(at(directory));
  for (const auto& name : names_in(at("trash")))
    if (auto done = remove_tree(at("trash/") + name); !done)
      return done;
  for (const auto& name : names_in(at("unpacking"))) {
    const auto lock = store_lock::try_acquire(at("lock"), "layer " + name,
                                              store_lock::mode::exclusive);
    if (!lock)
      return lock.error();
    if (!*lock)
      continue;
    if (auto done = remove_tree(at("unpacking/") + name); !done)
      return done;
  }
  return unit{};
}

/// What live leases name; those of the dead go.
std::set<std::string> content_store::leased() const {
  std::set<std::string> out;
  for (const auto& name : names_in(at("leases"))) {
    const auto path = at("leases/") + name;
    const auto lock = store_lock::try_acquire(at("lock"), "lease " + name,
                                              store_lock::mode::exclusive);
    if (lock && *lock) {
      unlink(path.c_str());
      continue;
    }
    const auto text = read_whole(path, lease_size_max);
    std::string_view rest = text ? std::string_view{*text} : "";
    while (!rest.empty()) {
      const auto end = rest.find('\n');
      out.insert(hex_of(std::string{rest.substr(0, end)}));
      rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    }
  }
  return out;
}

/// Away from its final name in one step, then piece by piece.
status_result content_store::discard(const std::string& path) const {
  const auto trash = at("trash/") + std::to_string(random_u64());
  if (rename(path.c_str(), trash.c_str()) != 0)
    return errno == ENOENT ? status_result{unit{}} : os_error("remove", path);
  return remove_tree(trash);
}

status_result content_store::drop_unreferenced(
    std::string_view table, const std::set<std::string>& kept,
    std::uint64_t& bytes, std::uint64_t& count) const {
  for (const auto& name : names_in(at(table))) {
    if (kept.contains(name))
      continue;
    const auto path = at(table) + "/" + name;
    const auto size = tree_bytes(path);
    if (auto done = discard(path); !done)
      return done;
    bytes += size;
    ++count;
  }
  return unit{};
}

result<store_usage> content_store::collect() const {
  const auto lock = lock_store(store_lock::mode::exclusive);
  if (!lock)
    return lock.error();
  return collect_locked();
}

result<store_usage> content_store::evict(const std::string& id) const {
  const auto lock = lock_store(store_lock::mode::exclusive);
  if (!lock)
    return lock.error();
  if (pinned().contains(id) || leased().contains(hex_of(id)))
    return error{errc::conflict, "image " + id + " is in use"};
  for (const auto& [name, target] : bindings("names"))
    if (const auto path = binding_path("names", name);
        target == id && unlink(path.c_str()) != 0)
      return os_error("remove", path);
  if (auto synced = sync_directory(at("names")); !synced)
    return synced.error();
  return collect_locked();
}

result<store_usage> content_store::collect_locked() const {
  if (auto swept = sweep(); !swept)
    return swept.error();
  const auto under_way = leased();
  std::set<std::string> ids;
  for (const auto* table : {"names", "pins"})
    for (const auto& [key, id] : bindings(table))
      ids.insert(hex_of(id));
  ids.insert(under_way.begin(), under_way.end());
  auto blobs = under_way;
  auto layers = under_way;
  for (const auto& image : images()) {
    if (!ids.contains(hex_of(image.id)))
      continue;
    for (const auto& blob : image.blobs)
      blobs.insert(hex_of(blob));
    for (const auto& chain : image.chains)
      layers.insert(hex_of(chain));
  }
  store_usage gone;
  std::uint64_t ignored = 0;
  std::uint64_t count = 0;
  // The record first: without it the rest is nobody's.
  if (auto done = drop_unreferenced("images", ids, ignored, gone.images); !done)
    return done.error();
  if (auto done =
          drop_unreferenced("layers", layers, gone.layer_bytes, gone.layers);
      !done)
    return done.error();
  for (const auto* table : {"blobs/sha256", "incoming"})
    if (auto done = drop_unreferenced(table, blobs, gone.blob_bytes, count);
        !done)
      return done.error();
  return gone;
}

store_usage content_store::usage() const {
  store_usage out;
  out.blob_bytes = tree_bytes(at("blobs")) + tree_bytes(at("incoming"));
  out.layer_bytes = tree_bytes(at("layers"));
  out.images = names_in(at("images")).size();
  out.layers = names_in(at("layers")).size();
  return out;
}

} // namespace troupe::image
