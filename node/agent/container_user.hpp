#pragma once

#include "messages/base/result.hpp"
#include "node/image/image_user.hpp"
#include "node/pod/launch.hpp"

#include <string>
#include <vector>

namespace troupe::agent {

/// A user as an image's files are asked for it: "nginx", "101:3000". A group
/// the pod names stands in for the image's.
std::string user_text(const pod::container_user& user);

/// Who a container of an image with these layers (bottom first) starts as. If
/// the pod merges the image's groups, they are those of the user, whatever
/// its primary group is. Source: Kubernetes, "SupplementalGroupsPolicy".
result<image::process_user> find_user(const std::vector<std::string>& layers,
                                      const pod::container_user& user);

} // namespace troupe::agent
