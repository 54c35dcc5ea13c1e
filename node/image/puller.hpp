#pragma once

#include "node/image/content_store.hpp"
#include "node/image/image_service.hpp"

#include <stop_token>

namespace troupe::image {

/// Brings the image `name` into the store from its registry, whatever the
/// store may already know by that name; content it has is not fetched again.
/// Blocks; messages are those of `pull_error`.
result<image_ptr, pull_error> pull_image(const content_store& store,
                                         const image_service_config& config,
                                         const reference& name,
                                         const keyring& logins,
                                         const std::stop_token& stop);

} // namespace troupe::image
