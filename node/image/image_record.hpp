#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace troupe::image {

/// What an image says about the process to run (OCI image-spec, config.md;
/// Docker's spelling of the same fields). Absent fields are empty.
struct image_config {
  std::vector<std::string> env; ///< "NAME=value", in order
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
  std::string user;        ///< "", "name", "uid", each with ":group"
  std::string working_dir; ///< "" counts as "/"
  std::string stop_signal; ///< "" counts as SIGTERM
  std::vector<std::string> exposed_ports; ///< "80/tcp", sorted
  std::vector<std::string> volumes;       ///< paths, sorted
  std::map<std::string, std::string> labels;

  friend bool operator==(const image_config&, const image_config&) = default;
};

/// One image of the store: complete, verified and unpacked.
struct image_record {
  std::string id;              ///< digest of the config, "sha256:<64 hex>"
  std::string manifest_digest; ///< of the platform's manifest; "" if imported
                               ///< from a docker-save archive
  std::vector<std::string> repo_tags;    ///< "docker.io/library/nginx:1.25"
  std::vector<std::string> repo_digests; ///< "docker.io/library/nginx@sha256:…"
  std::uint64_t size = 0; ///< octets: manifest, config, compressed layers
  /// Absolute directories of the unpacked layers, bottom first: the lower
  /// directories of an overlay, to be named in reverse order. Read-only for
  /// everybody; they stay while the image is pinned or has a name.
  std::vector<std::string> layers;
  image_config config;

  friend bool operator==(const image_record&, const image_record&) = default;
};

using image_ptr = std::shared_ptr<const image_record>;

} // namespace troupe::image
