#pragma once

#include "node/image/content_store.hpp"
#include "node/image/image_service.hpp"

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::image {

/// Members of an archive beside each other; more is `too_large`.
inline constexpr std::size_t archive_members_max = 20'000;

/// Adds the images of an archive as `image_service::import_archive` says: of
/// the OCI layout if it holds one, else those of docker-save.
result<std::vector<image_ptr>> import_images(const content_store& store,
                                             const image_service_config& config,
                                             const std::string& path,
                                             std::string_view name,
                                             const std::stop_token& stop);

} // namespace troupe::image
