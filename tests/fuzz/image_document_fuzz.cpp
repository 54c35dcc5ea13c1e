#include "messages/base/check.hpp"
#include "node/image/content_store.hpp"
#include "node/image/keyring.hpp"
#include "node/image/layer_path.hpp"
#include "node/image/manifest.hpp"

#include <cstddef>
#include <cstdint>

/// Manifests, configs, archives' lists, logins and the store's own records: no
/// text breaks a reader, and what is read keeps its limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace troupe::image;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto parsed = parse_manifest(text)) {
    if (const auto* index = std::get_if<image_index>(&*parsed)) {
      if (const auto chosen = select_platform(*index))
        TROUPE_CHECK(is_digest(chosen->digest), "blobs have digests");
    } else {
      const auto& image = std::get<image_manifest>(*parsed);
      TROUPE_CHECK(image.layers.size() <= layers_max, "layers are limited");
      TROUPE_CHECK(is_digest(image.config.digest), "configs have digests");
    }
  }
  if (const auto config = parse_config(text))
    TROUPE_CHECK(config->diff_ids.size() <= layers_max, "layers are limited");
  static_cast<void>(parse_saved_images(text));
  keyring logins;
  if (logins.add_docker_config(text))
    static_cast<void>(logins.lookup({"docker.io", "library/x", "1", {}}));
  if (const auto record = decode_image(text))
    TROUPE_CHECK(*decode_image(encode_image(*record)) == *record,
                 "records read back");
  if (const auto path = clean_layer_path(text)) {
    TROUPE_CHECK(!path->starts_with('/'), "layer paths are relative");
    TROUPE_CHECK(("/" + *path + "/").find("/../") == path->npos,
                 "layer paths do not climb");
    TROUPE_CHECK(*clean_layer_path(*path) == *path, "clean paths are final");
  }
  return 0;
}
