#pragma once

#include "node/image/content_store.hpp"
#include "node/image/image_service.hpp"

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace troupe::image {

/// Where an installation has its layers' blobs from.
class layer_source {
public:
  virtual ~layer_source() = default;

  /// Says which layers' blobs will be awaited, in this order.
  virtual void want(const std::vector<std::size_t>& layers) = 0;

  /// Returns when the blob of that layer is in the store.
  virtual result<unit, pull_error> await(std::size_t layer) = 0;
};

/// An image whose manifest and config are in the store.
struct install_job {
  std::string config_digest;
  std::string manifest_digest;        ///< "" if none
  std::vector<std::string> manifests; ///< digests of all manifests on the way
  std::vector<std::string> layers;    ///< digests of blobs, bottom first
  std::uint64_t size = 0;
  std::vector<std::string> names; ///< normalised, to stand for it
  std::uint64_t layer_size_max = 0;
};

/// Unpacks the layers the store lacks and writes the image down. Any number of
/// threads and processes may install images that share layers.
result<image_ptr, pull_error> install_image(const content_store& store,
                                            const content_lease& lease,
                                            const install_job& job,
                                            layer_source& source,
                                            const std::stop_token& stop);

/// The fault a failure of store, archive or document counts as.
pull_error as_pull_error(const error& e);

} // namespace troupe::image
