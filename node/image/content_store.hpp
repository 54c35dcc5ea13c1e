#pragma once

#include "messages/base/result.hpp"
#include "node/image/image_record.hpp"
#include "node/image/image_service.hpp"
#include "node/image/store_lock.hpp"

#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::image {

/// What the store keeps of an image besides its blobs.
struct stored_image {
  std::string id;
  std::string manifest_digest;     ///< "" if none
  std::uint64_t size = 0;          ///< octets of blobs as distributed
  std::vector<std::string> blobs;  ///< digests of all that belongs to it
  std::vector<std::string> chains; ///< chain ids of its layers, bottom first

  friend bool operator==(const stored_image&, const stored_image&) = default;
};

/// One line per fact; what `decode_image` reads back. Pure.
std::string encode_image(const stored_image& image);
result<stored_image> decode_image(std::string_view text);

/// Names the content a running pull is about to need, so that no collection
/// takes it. Ends with its holder's life or process.
class content_lease {
public:
  content_lease(std::string file, store_lock alive);
  ~content_lease();
  content_lease(content_lease&&) noexcept;
  content_lease& operator=(content_lease&&) = delete;

private:
  friend class content_store;

  std::string file_;
  store_lock alive_;
};

/// Images on disk, shared by any number of processes:
///
///     blobs/sha256/<hex>   verified blobs
///     layers/<hex>/        unpacked layers, by chain id
///     images/<hex>         stored_image, by id
///     names/<hash>         a name and the id it stands for
///     pins/<hash>          an owner and the id it keeps
///     incoming/ unpacking/ trash/ leases/   work under way
///
/// Whatever stands under its final name is whole and, after a power cut too,
/// what it claims: everything is written elsewhere, synced and renamed. There
/// is no cache, so all processes see the same.
class content_store {
public:
  /// Makes the directories, throws away what crashed processes left half-done.
  static result<content_store> open(std::string root);

  /// Where a blob is, or grows until `commit_blob`.
  std::string blob_path(const std::string& digest) const;
  std::string incoming_path(const std::string& digest) const;
  /// Where a layer is, or is unpacked until `commit_layers`.
  std::string layer_path(const std::string& chain) const;
  std::string staging_path(const std::string& chain) const;
  /// A directory under `incoming` for one use.
  std::string scratch_path(std::string_view purpose) const;

  bool has_blob(const std::string& digest) const;
  bool has_layer(const std::string& chain) const;

  /// A small blob whose digest the caller verified.
  result<bytes> read_blob(const std::string& digest, std::size_t max) const;
  status_result write_blob(const std::string& digest, bytes_view data) const;

  /// Makes the verified blob durable and gives it its final name.
  status_result commit_blob(const std::string& digest) const;

  /// The same for unpacked layers, all at once.
  status_result commit_layers(const std::vector<std::string>& chains) const;

  result<content_lease> lease() const;
  status_result protect(const content_lease& lease,
                        const std::vector<std::string>& digests) const;

  /// One thread of one process at a time fetches a blob or unpacks a layer.
  result<store_lock> lock_blob(const std::string& digest,
                               std::stop_token stop) const;
  result<store_lock> lock_layer(const std::string& chain,
                                std::stop_token stop) const;

  /// Writes the image, then lets the names stand for it.
  status_result put_image(const stored_image& image,
                          const std::vector<std::string>& names) const;

  /// The image, complete with names, or null when some of it is not there.
  image_ptr load(const std::string& id) const;
  image_ptr find(std::string_view normalised_name) const;
  std::vector<image_ptr> list() const;

  status_result remove_name(std::string_view normalised_name) const;
  status_result remove_image(const std::string& id) const;

  status_result pin(std::string_view owner, std::string_view id) const;
  status_result unpin(std::string_view owner) const;
  std::vector<std::string> pins(std::string_view prefix) const;

  std::set<std::string> pinned() const;

  result<store_usage> collect() const;
  result<store_usage> evict(const std::string& id) const;
  store_usage usage() const;

private:
  explicit content_store(std::string root) : root_{std::move(root)} {}

  /// A key and what it stands for: `names` and `pins`.
  using binding = std::pair<std::string, std::string>;
  std::string binding_path(std::string_view table, std::string_view key) const;
  std::vector<binding> bindings(std::string_view table) const;

  std::string at(std::string_view part) const;
  result<store_lock> lock_store(store_lock::mode how) const;
  image_ptr load(const std::string& id,
                 const std::vector<binding>& names) const;
  std::vector<stored_image> images() const;
  result<store_usage> collect_locked() const;
  status_result sweep() const;
  std::set<std::string> leased() const;
  status_result discard(const std::string& path) const;
  status_result drop_unreferenced(std::string_view table,
                                  const std::set<std::string>& kept,
                                  std::uint64_t& bytes,
                                  std::uint64_t& count) const;

  std::string root_;
};

} // namespace troupe::image
