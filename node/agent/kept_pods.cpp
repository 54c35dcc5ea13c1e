#include "node/agent/kept_pods.hpp"

#include "messages/codec/msgpack.hpp"
#include "messages/schema/registry.hpp"
#include "node/agent/files.hpp"
#include "node/pod/record.hpp"
#include "runtime/base/log.hpp"

#include <filesystem>

namespace troupe::agent {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t pod_octets_max = 4 * 1024 * 1024;
constexpr std::size_t record_octets_max = 1024 * 1024;

} // namespace

std::vector<std::pair<std::string, pod_ptr>>
read_kept_pods(const node_paths& paths) {
  std::vector<std::pair<std::string, pod_ptr>> out;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{paths.records(), ignored}) {
    if (entry.path().extension() != ".pod")
      continue;
    auto text = read_file(entry.path().string(), pod_octets_max);
    if (!text)
      continue;
    auto doc =
        codec::decode_msgpack(*text, schema::find_kind_type({"", "v1", "Pod"}));
    if (doc)
      out.emplace_back(
          entry.path().stem().string(),
          std::make_shared<const codec::document>(std::move(*doc)));
    else
      log_error("agent", entry.path().string() + ": " + doc.error().message);
  }
  return out;
}

bool was_over(const node_paths& paths, const std::string& uid) {
  const auto text = read_file(paths.record(uid), record_octets_max);
  const auto record = text ? pod::decode_record(*text) : text.error();
  return record && pod::has_ended(*record);
}

void forget_kept_pod(const node_paths& paths, const std::string& uid) {
  std::error_code ignored;
  fs::remove(paths.record(uid), ignored);
  fs::remove(paths.manifest(uid), ignored);
}

std::vector<node_image> list_images(image::image_service& images) {
  std::vector<node_image> out;
  for (const auto& image : images.list()) {
    node_image one;
    one.names = image->repo_digests;
    one.names.insert(one.names.end(), image->repo_tags.begin(),
                     image->repo_tags.end());
    one.octets = static_cast<std::int64_t>(image->size);
    out.push_back(std::move(one));
  }
  return out;
}

std::string open_pod_network(node_services& services,
                             const std::vector<std::string>& cidrs) {
  network::pod_network_config config;
  config.directory = services.config.paths.network();
  config.private_ranges = services.config.pod_ranges;
  config.private_ranges.insert(config.private_ranges.end(),
                               services.config.service_ranges.begin(),
                               services.config.service_ranges.end());
  for (const auto& each : cidrs) {
    auto range = ip_prefix::parse(each);
    if (!range)
      return range.error().message;
    config.pod_cidrs.push_back(*range);
  }
  if (auto made = make_directory(config.directory); !made)
    return made.error().message;
  auto network = network::pod_network::open(std::move(config));
  if (!network)
    return network.error().message;
  services.network.with([&](auto& it) { it = std::move(*network); });
  return {};
}

} // namespace troupe::agent
