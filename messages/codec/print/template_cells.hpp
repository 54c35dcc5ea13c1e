#pragma once

#include "messages/view/core_v1.hpp"

#include <string>

/// Columns of kinds that hold a template of pods. All append JSON.
namespace troupe::codec {

/// Of all containers: "nginx,sidecar".
void append_container_names(std::string& out,
                            view::core_v1::pod_template_spec wanted);
void append_container_images(std::string& out,
                             view::core_v1::pod_template_spec wanted);

} // namespace troupe::codec
