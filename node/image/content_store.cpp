#include "node/image/content_store.hpp"

#include "node/image/digest.hpp"
#include "node/image/file_tools.hpp"
#include "node/image/manifest.hpp"
#include "node/sys/os_error.hpp"
#include "runtime/base/entropy.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace troupe::image {

using sys::os_error;

namespace {

constexpr std::size_t record_size_max = 256 * 1024;
constexpr std::size_t binding_size_max = 4 * 1024;
constexpr std::string_view digest_prefix = "sha256:";

error absent(std::string_view what) {
  return {errc::not_found, std::string{what} + ": not found"};
}

} // namespace

content_lease::content_lease(std::string file, store_lock alive)
    : file_{std::move(file)}, alive_{std::move(alive)} {}

content_lease::content_lease(content_lease&& other) noexcept
    : file_{std::exchange(other.file_, {})}, alive_{std::move(other.alive_)} {}

content_lease::~content_lease() {
  if (!file_.empty())
    unlink(file_.c_str());
}

std::string content_store::at(std::string_view part) const {
  return root_ + "/" + std::string{part};
}

std::string content_store::blob_path(const std::string& digest) const {
  return at("blobs/sha256/") + hex_of(digest);
}

std::string content_store::incoming_path(const std::string& digest) const {
  return at("incoming/") + hex_of(digest);
}

std::string content_store::layer_path(const std::string& chain) const {
  return at("layers/") + hex_of(chain);
}

std::string content_store::staging_path(const std::string& chain) const {
  return at("unpacking/") + hex_of(chain);
}

std::string content_store::scratch_path(std::string_view purpose) const {
  return at("incoming/") + std::string{purpose} + "-"
         + std::to_string(random_u64());
}

std::string content_store::binding_path(std::string_view table,
                                        std::string_view key) const {
  return at(table) + "/" + hex_of(digest_of(key));
}

bool content_store::has_blob(const std::string& digest) const {
  return exists(blob_path(digest));
}

bool content_store::has_layer(const std::string& chain) const {
  return exists(layer_path(chain));
}

result<bytes> content_store::read_blob(const std::string& digest,
                                       std::size_t max) const {
  return read_whole(blob_path(digest), max);
}

status_result content_store::write_blob(const std::string& digest,
                                        bytes_view data) const {
  // Opening the store clears away drafts that nobody holds the lock for.
  const auto lock = lock_store(store_lock::mode::shared);
  if (!lock)
    return lock.error();
  return has_blob(digest) ? status_result{unit{}}
                          : replace_file(blob_path(digest), data);
}

status_result content_store::commit_blob(const std::string& digest) const {
  const auto path = incoming_path(digest);
  const auto fd = open_file(path, O_RDONLY);
  if (!fd)
    return fd.error();
  if (auto synced = sync_file(fd->get(), path); !synced)
    return synced;
  return rename_durably(path, blob_path(digest));
}

status_result
content_store::commit_layers(const std::vector<std::string>& chains) const {
  if (chains.empty())
    return unit{};
  const auto fd = open_file(root_, O_RDONLY | O_DIRECTORY);
  if (!fd)
    return fd.error();
  // One pass for thousands of files; a layer under its final name is whole.
  if (syncfs(fd->get()) != 0)
    return os_error("sync", root_);
  for (const auto& chain : chains)
    if (auto done = rename_durably(staging_path(chain), layer_path(chain));
        !done)
      return done;
  return unit{};
}

result<store_lock> content_store::lock_store(store_lock::mode how) const {
  return store_lock::acquire(at("lock"), "store", how, {});
}

// A plain layer's blob and chain have one digest, so the kind is in the key.
result<store_lock> content_store::lock_blob(const std::string& digest,
                                            std::stop_token stop) const {
  return store_lock::acquire(at("lock"), "blob " + hex_of(digest),
                             store_lock::mode::exclusive, std::move(stop));
}

result<store_lock> content_store::lock_layer(const std::string& chain,
                                             std::stop_token stop) const {
  return store_lock::acquire(at("lock"), "layer " + hex_of(chain),
                             store_lock::mode::exclusive, std::move(stop));
}

result<content_lease> content_store::lease() const {
  const auto name = std::to_string(random_u64());
  auto alive = store_lock::acquire(at("lock"), "lease " + name,
                                   store_lock::mode::exclusive, {});
  if (!alive)
    return alive.error();
  return content_lease{at("leases/") + name, std::move(*alive)};
}

status_result
content_store::protect(const content_lease& lease,
                       const std::vector<std::string>& digests) const {
  const auto lock = lock_store(store_lock::mode::shared);
  if (!lock)
    return lock.error();
  const auto fd = open_file(lease.file_, O_WRONLY | O_CREAT | O_APPEND);
  if (!fd)
    return fd.error();
  std::string lines;
  for (const auto& digest : digests)
    lines += digest + "\n";
  return write_all(fd->get(), lines, lease.file_);
}

status_result
content_store::put_image(const stored_image& image,
                         const std::vector<std::string>& names) const {
  const auto lock = lock_store(store_lock::mode::shared);
  if (!lock)
    return lock.error();
  const auto path = at("images/") + hex_of(image.id);
  if (auto done = replace_file(path, encode_image(image)); !done)
    return done;
  for (const auto& name : names)
    if (auto done = replace_file(binding_path("names", name),
                                 name + "\n" + image.id + "\n");
        !done)
      return done;
  return unit{};
}

std::vector<content_store::binding>
content_store::bindings(std::string_view table) const {
  std::vector<binding> out;
  for (const auto& file : names_in(at(table))) {
    const auto text = read_whole(at(table) + "/" + file, binding_size_max);
    if (!text)
      continue;
    const auto end = text->find('\n');
    if (end != text->npos && text->ends_with('\n'))
      out.emplace_back(text->substr(0, end),
                       text->substr(end + 1, text->size() - end - 2));
  }
  std::ranges::sort(out);
  return out;
}

std::vector<stored_image> content_store::images() const {
  std::vector<stored_image> out;
  for (const auto& file : names_in(at("images"))) {
    const auto text = read_whole(at("images/") + file, record_size_max);
    auto image =
        text ? decode_image(*text) : result<stored_image>{text.error()};
    if (image)
      out.push_back(std::move(*image));
  }
  return out;
}

image_ptr content_store::load(const std::string& id) const {
  return load(id, bindings("names"));
}

image_ptr content_store::load(const std::string& id,
                              const std::vector<binding>& names) const {
  if (!is_digest(id))
    return nullptr;
  const auto text = read_whole(at("images/") + hex_of(id), record_size_max);
  auto stored = text ? decode_image(*text) : result<stored_image>{text.error()};
  const auto config = read_blob(id, config_size_max);
  if (!stored || !config)
    return nullptr;
  auto parsed = parse_config(*config);
  if (!parsed)
    return nullptr;
  image_record out;
  out.id = id;
  out.manifest_digest = stored->manifest_digest;
  out.size = stored->size;
  out.config = std::move(parsed->process);
  for (const auto& chain : stored->chains) {
    if (!has_layer(chain))
      return nullptr;
    out.layers.push_back(layer_path(chain));
  }
  for (const auto& [name, target] : names)
    if (target == id)
      (name.find('@') == name.npos ? out.repo_tags : out.repo_digests)
          .push_back(name);
  return std::make_shared<const image_record>(std::move(out));
}

image_ptr content_store::find(std::string_view name) const {
  const auto text = read_whole(binding_path("names", name), binding_size_max);
  const auto prefix = std::string{name} + "\n" + std::string{digest_prefix};
  if (!text || !text->starts_with(prefix) || !text->ends_with('\n'))
    return nullptr;
  return load(text->substr(name.size() + 1, text->size() - name.size() - 2));
}

std::vector<image_ptr> content_store::list() const {
  const auto names = bindings("names");
  std::vector<image_ptr> out;
  for (const auto& stored : images())
    if (auto image = load(stored.id, names))
      out.push_back(std::move(image));
  return out;
}

status_result content_store::remove_name(std::string_view name) const {
  const auto lock = lock_store(store_lock::mode::shared);
  if (!lock)
    return lock.error();
  const auto path = binding_path("names", name);
  if (unlink(path.c_str()) != 0)
    return errno == ENOENT ? absent(name) : os_error("remove", path);
  return sync_directory(at("names"));
}

status_result content_store::remove_image(const std::string& id) const {
  bool found = false;
  for (const auto& [name, target] : bindings("names"))
    if (target == id) {
      found = true;
      if (auto done = remove_name(name);
          !done && done.error().code != errc::not_found)
        return done;
    }
  return found ? status_result{unit{}} : absent(id);
}

status_result content_store::pin(std::string_view owner,
                                 std::string_view id) const {
  const auto lock = lock_store(store_lock::mode::shared);
  if (!lock)
    return lock.error();
  const std::string target{id};
  if (!is_digest(id) || load(target) == nullptr)
    return absent("image " + target);
  return replace_file(binding_path("pins", owner),
                      std::string{owner} + "\n" + target + "\n");
}

status_result content_store::unpin(std::string_view owner) const {
  const auto lock = lock_store(store_lock::mode::shared);
  if (!lock)
    return lock.error();
  const auto path = binding_path("pins", owner);
  if (unlink(path.c_str()) != 0 && errno != ENOENT)
    return os_error("remove", path);
  return sync_directory(at("pins"));
}

std::set<std::string> content_store::pinned() const {
  std::set<std::string> out;
  for (const auto& [owner, id] : bindings("pins"))
    out.insert(id);
  return out;
}

std::vector<std::string> content_store::pins(std::string_view prefix) const {
  std::vector<std::string> out;
  for (const auto& [owner, id] : bindings("pins"))
    if (owner.starts_with(prefix))
      out.push_back(owner);
  return out;
}

} // namespace troupe::image
