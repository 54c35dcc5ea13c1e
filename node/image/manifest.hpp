#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "node/image/image_record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The documents of a registry (OCI image-spec: descriptor.md, manifest.md,
/// image-index.md, config.md; Docker's schema 2 of the same). Pure. All
/// functions fail with `corrupt` when a document is malformed, `too_large`
/// past a limit and `unsupported` for what this machine cannot run.
namespace troupe::image {

inline constexpr std::size_t manifest_size_max = 4 * 1024 * 1024;
inline constexpr std::size_t config_size_max = 8 * 1024 * 1024;
/// The kernel mounts no more lower directories.
inline constexpr std::size_t layers_max = 450;

/// A reference to a blob by content.
struct descriptor {
  std::string media_type;
  std::string digest; ///< valid (`is_digest`)
  std::uint64_t size = 0;

  friend bool operator==(const descriptor&, const descriptor&) = default;
};

/// One entry of an index.
struct index_entry {
  descriptor target;
  std::string os;           ///< empty without a platform
  std::string architecture; ///< empty without a platform
  std::string variant;      ///< "v2" of amd64 wants a newer processor
  std::string name;         ///< by annotation, in archives; "" if none

  friend bool operator==(const index_entry&, const index_entry&) = default;
};

/// What to choose from: one image for several platforms, or an archive.
struct image_index {
  std::vector<index_entry> entries;
};

/// One image of one platform.
struct image_manifest {
  descriptor config;
  std::vector<descriptor> layers; ///< bottom first; at most `layers_max`
};

/// What a config says.
struct platform_config {
  image_config process;
  std::vector<std::string> diff_ids; ///< of the unpacked tars, bottom first
};

/// One image of a docker-save archive: paths inside it.
struct saved_image {
  std::string config;
  std::vector<std::string> layers; ///< bottom first
  std::vector<std::string> repo_tags;
};

/// The media types to ask a registry for, as the value of `Accept`.
std::string_view manifest_accept();

/// A manifest or an index, by what it holds; one that claims to be both is
/// refused, for two readers must never see two images in it.
result<std::variant<image_manifest, image_index>> parse_manifest(bytes_view);

/// The entry for any linux/amd64 processor; with none and a sole entry that
/// names no platform, that one.
result<descriptor> select_platform(const image_index& index);

/// Fails with `unsupported` unless it is for linux/amd64.
result<platform_config> parse_config(bytes_view json);

/// Whether the media type is a tar this store unpacks (plain, gzip or zstd).
bool is_layer_type(std::string_view media_type);

/// `manifest.json` of a docker-save archive.
result<std::vector<saved_image>> parse_saved_images(bytes_view json);

} // namespace troupe::image
