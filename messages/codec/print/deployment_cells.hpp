#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"

#include <string>

/// Columns of apps/v1 Deployment. All append JSON.
namespace troupe::codec {

/// "2/3": ready, of those wanted.
void append_deployment_ready(std::string& out, const node& shown,
                             wall_time now);

/// Upstream calls these columns text, and fills them with numbers.
void append_deployment_updated(std::string& out, const node& shown,
                               wall_time now);
void append_deployment_available(std::string& out, const node& shown,
                                 wall_time now);

void append_deployment_containers(std::string& out, const node& shown,
                                  wall_time now);
void append_deployment_images(std::string& out, const node& shown,
                              wall_time now);

} // namespace troupe::codec
