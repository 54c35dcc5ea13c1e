#include "node/image/manifest.hpp"

#include "messages/codec/json.hpp"
#include "node/image/reference.hpp"

#include <algorithm>
#include <array>

namespace troupe::image {

namespace {

using codec::node;
using codec::node_kind;

constexpr std::string_view os_here = "linux";
constexpr std::string_view architecture_here = "amd64";
constexpr std::size_t index_entries_max = 10'000;
constexpr std::size_t list_max = 100'000;

error corrupt(std::string what) {
  return {errc::corrupt, std::move(what)};
}

result<codec::document> parse(bytes_view json, std::size_t size_max,
                              std::string_view what) {
  if (json.size() > size_max)
    return error{errc::too_large, std::string{what} + " has more than "
                                      + std::to_string(size_max) + " bytes"};
  auto parsed = codec::decode_json(json, nullptr, {.size_max = size_max});
  if (!parsed)
    return corrupt(std::string{what}
                   + " is no JSON: " + parsed.error().message);
  if (!parsed->doc.root().is(node_kind::map))
    return corrupt(std::string{what} + " is no JSON object");
  return std::move(parsed->doc);
}

std::string text_at(const node& map, std::string_view key) {
  const auto* value = map.find(key);
  return std::string{value == nullptr ? std::string_view{}
                                      : value->string_or("")};
}

std::vector<std::string> texts_at(const node& map, std::string_view key) {
  std::vector<std::string> out;
  const auto* list = map.find(key);
  if (list == nullptr || !list->is(node_kind::list))
    return out;
  for (const auto* item : list->items())
    if (out.size() < list_max)
      out.emplace_back(item->string_or(""));
  return out;
}

std::vector<std::string> keys_at(const node& map, std::string_view key) {
  std::vector<std::string> out;
  const auto* value = map.find(key);
  if (value != nullptr && value->is(node_kind::map))
    for (const auto& entry : value->entries())
      out.emplace_back(entry.key);
  return out;
}

result<descriptor> read_descriptor(const node& value) {
  descriptor out{text_at(value, "mediaType"), text_at(value, "digest"), 0};
  if (!is_digest(out.digest))
    return corrupt("manifest names the blob \"" + out.digest
                   + "\", which is no sha256 digest");
  const auto* size = value.find("size");
  const auto octets = size == nullptr ? -1 : size->integer_or(-1);
  if (octets < 0)
    return corrupt("manifest gives no size for " + out.digest);
  out.size = static_cast<std::uint64_t>(octets);
  return out;
}

/// The full name of an archive's entry: containerd's annotation if there.
std::string annotated_name(const node& entry) {
  const auto* annotations = entry.find("annotations");
  if (annotations == nullptr)
    return {};
  auto name = text_at(*annotations, "io.containerd.image.name");
  return name.empty()
             ? text_at(*annotations, "org.opencontainers.image.ref.name")
             : name;
}

result<image_index> read_index(const node& list) {
  if (!list.is(node_kind::list) || list.size() > index_entries_max)
    return corrupt("the index's manifests are no list or too many");
  image_index out;
  for (const auto* item : list.items()) {
    auto target = read_descriptor(*item);
    if (!target)
      return target.error();
    index_entry entry{std::move(*target), {}, {}, {}, annotated_name(*item)};
    if (const auto* platform = item->find("platform")) {
      entry.os = text_at(*platform, "os");
      entry.architecture = text_at(*platform, "architecture");
      entry.variant = text_at(*platform, "variant");
    }
    out.entries.push_back(std::move(entry));
  }
  return out;
}

result<image_manifest> read_manifest(const node& root) {
  const auto* config = root.find("config");
  const auto* layers = root.find("layers");
  if (config == nullptr || layers == nullptr || !layers->is(node_kind::list))
    return corrupt("manifest has no config or no list of layers");
  if (layers->size() > layers_max)
    return error{errc::too_large, "image has more than "
                                      + std::to_string(layers_max) + " layers"};
  auto config_at = read_descriptor(*config);
  if (!config_at)
    return config_at.error();
  image_manifest out{std::move(*config_at), {}};
  for (const auto* item : layers->items()) {
    auto layer = read_descriptor(*item);
    if (!layer)
      return layer.error();
    if (!is_layer_type(layer->media_type))
      return error{errc::unsupported, "unsupported layer media type \""
                                          + layer->media_type + "\""};
    out.layers.push_back(std::move(*layer));
  }
  return out;
}

image_config read_process(const node& config) {
  image_config out;
  out.env = texts_at(config, "Env");
  out.entrypoint = texts_at(config, "Entrypoint");
  out.cmd = texts_at(config, "Cmd");
  out.user = text_at(config, "User");
  out.working_dir = text_at(config, "WorkingDir");
  out.stop_signal = text_at(config, "StopSignal");
  out.exposed_ports = keys_at(config, "ExposedPorts");
  out.volumes = keys_at(config, "Volumes");
  const auto* labels = config.find("Labels");
  if (labels != nullptr && labels->is(node_kind::map))
    for (const auto& [key, value] : labels->entries())
      out.labels.emplace(key, value->string_or(""));
  return out;
}

} // namespace

std::string_view manifest_accept() {
  return "application/vnd.docker.distribution.manifest.v2+json, "
         "application/vnd.docker.distribution.manifest.list.v2+json, "
         "application/vnd.oci.image.manifest.v1+json, "
         "application/vnd.oci.image.index.v1+json, */*";
}

result<std::variant<image_manifest, image_index>>
parse_manifest(bytes_view json) {
  using either = std::variant<image_manifest, image_index>;
  auto doc = parse(json, manifest_size_max, "manifest");
  if (!doc)
    return doc.error();
  const auto& root = doc->root();
  const auto* list = root.find("manifests");
  const bool is_image =
      root.find("config") != nullptr || root.find("layers") != nullptr;
  if (root.find("fsLayers") != nullptr)
    return error{errc::unsupported, "manifest schema version 1 is no longer "
                                    "supported"};
  if (list != nullptr && is_image)
    return corrupt("manifest is both an image and an index");
  if (list == nullptr) {
    auto image = read_manifest(root);
    return image ? result<either>{either{std::move(*image)}} : image.error();
  }
  auto index = read_index(*list);
  return index ? result<either>{either{std::move(*index)}} : index.error();
}

result<descriptor> select_platform(const image_index& index) {
  for (const auto& entry : index.entries)
    if (entry.os == os_here && entry.architecture == architecture_here
        && (entry.variant.empty() || entry.variant == "v1"))
      return entry.target;
  if (index.entries.size() == 1 && index.entries.front().os.empty())
    return index.entries.front().target;
  return error{errc::unsupported,
               "no match for platform in manifest: linux/amd64 not found"};
}

result<platform_config> parse_config(bytes_view json) {
  auto doc = parse(json, config_size_max, "image config");
  if (!doc)
    return doc.error();
  const auto& root = doc->root();
  const auto os = text_at(root, "os");
  const auto architecture = text_at(root, "architecture");
  if (os != os_here || architecture != architecture_here)
    return error{errc::unsupported, "image is for " + os + "/" + architecture
                                        + ", this machine is linux/amd64"};
  platform_config out;
  if (const auto* config = root.find("config"))
    out.process = read_process(*config);
  const auto* rootfs = root.find("rootfs");
  if (rootfs == nullptr)
    return corrupt("image config has no rootfs");
  out.diff_ids = texts_at(*rootfs, "diff_ids");
  if (out.diff_ids.size() > layers_max)
    return error{errc::too_large, "image config names too many layers"};
  if (!std::ranges::all_of(out.diff_ids, is_digest))
    return corrupt("image config names a layer that is no sha256 digest");
  return out;
}

bool is_layer_type(std::string_view media_type) {
  constexpr std::array<std::string_view, 6> known = {
      "application/vnd.oci.image.layer.v1.tar",
      "application/vnd.oci.image.layer.v1.tar+gzip",
      "application/vnd.oci.image.layer.v1.tar+zstd",
      "application/vnd.docker.image.rootfs.diff.tar",
      "application/vnd.docker.image.rootfs.diff.tar.gzip",
      "application/vnd.docker.image.rootfs.diff.tar.zstd"};
  return std::ranges::find(known, media_type) != known.end();
}

result<std::vector<saved_image>> parse_saved_images(bytes_view json) {
  if (json.size() > manifest_size_max)
    return error{errc::too_large, "manifest.json is too large"};
  auto parsed =
      codec::decode_json(json, nullptr, {.size_max = manifest_size_max});
  if (!parsed || !parsed->doc.root().is(node_kind::list))
    return corrupt("manifest.json is no JSON list");
  std::vector<saved_image> out;
  for (const auto* item : parsed->doc.root().items()) {
    saved_image image{text_at(*item, "Config"), texts_at(*item, "Layers"),
                      texts_at(*item, "RepoTags")};
    if (image.config.empty() || image.layers.size() > layers_max)
      return corrupt("manifest.json has an image without config or with too "
                     "many layers");
    out.push_back(std::move(image));
  }
  return out;
}

} // namespace troupe::image
